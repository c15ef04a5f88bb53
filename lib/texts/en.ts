/*
 * Every text of the widget in English: the original that the other languages are measured by. `{name}` is a place for a
 * value. A text that depends on a number has one key for each form, `.one` and `.other`, and is said by what stands
 * before. One block for each screen.
 */
export const english = {
  // The launcher on the site's own page.
  'launcher.label': 'Chat with us',
  'launcher.close': 'Close chat',
  'launcher.unread': '{count} unread',

  // What every screen has.
  'panel.title': 'Chat',
  'panel.close': 'Close',
  'panel.tryAgain': 'Try again',
  'panel.offTitle': 'This chat is not available',
  'panel.offLine': 'It may have been moved or switched off.',

  // Home.
  'home.greeting': 'Hi there. How can we help?',
  'home.start': 'Send us a message',
  'home.line': 'No form to fill in. A person answers here.',
  'home.conversations': 'Your conversations',
  'home.reconnecting': 'Reconnecting…',
  'home.failed': 'Your conversations could not be loaded.',
  'home.noMessages': 'No messages yet',
  'home.unread.one': '{count} unread',
  'home.unread.other': '{count} unread',
  'home.resolved': 'Resolved',
  'home.closed': 'Closed',

  // A conversation.
  'thread.back': 'Back to all conversations',
  'thread.messages': 'Messages',
  'thread.intro': 'You are writing to {company}. Answers appear here.',
  'thread.answersHere': 'We answer here',
  'thread.resolvedLine': 'Resolved · {number}',
  'thread.closedLine': 'Closed · {number}',
  'thread.afterResolved': 'This is resolved. Write here if you still need something, and it opens again.',
  'thread.afterClosed': 'This is closed. What you write now starts a new conversation.',
  'thread.gone': 'This conversation is no longer there',
  'thread.failed': 'This conversation could not be loaded',
  'thread.seeAll': 'See your conversations',
  'thread.new': 'New',
  'thread.newBelow.one': '{count} new',
  'thread.newBelow.other': '{count} new',
  'thread.toNew.one': '{count} new, go to the end',
  'thread.toNew.other': '{count} new, go to the end',
  'thread.toEnd': 'Go to the end',

  // What else can be done with a conversation.
  'menu.more': 'More',
  'menu.copyLink': 'Copy status link',
  'menu.linkCopied': 'Status link copied',
  'menu.link': 'Status link',
  'menu.linkFailed': 'No link could be made just now. Try again in a moment.',
  'menu.linkShows': 'Shows the status of {number} and nothing of what was written.',

  // Where one writes.
  'composer.label': 'Message',
  'composer.first': 'Write a message…',
  'composer.reply': 'Write a reply…',
  'composer.send': 'Send',
  'composer.left.one': '{count} character left',
  'composer.left.other': '{count} characters left',
  'composer.over.one': '{count} character too long. Shorten it, or send it in two messages.',
  'composer.over.other': '{count} characters too long. Shorten it, or send it in two messages.',

  // What became of a message.
  'state.sending': 'Sending…',
  'state.sendingHere': 'Sending… Keep this page open until it is sent.',
  'state.sent': 'Sent',
  'state.seen': 'Seen',
  'state.seenAt': 'Seen {time}',
  'state.notSent': 'Not sent',
  'state.retry': 'Retry',
  'state.edit': 'Edit',
  'state.startNew': 'Start a new conversation',

  // Why a message was not sent.
  'failure.tooLong': 'Longer than {count} characters. Shorten it or split it in two.',
  'failure.empty': 'There is nothing to read in it.',
  'failure.nul': 'It holds a character that cannot be stored. Edit it and send it again.',
  'failure.origin': 'This address may not be used for writing. Tell whoever runs this site.',
  'failure.restored': 'It was lost when our side was set back to an earlier backup.',
  'failure.over': 'This conversation is closed.',
  'failure.invalid': 'It could not be read. Edit it and send it again.',
  'failure.tooLarge': 'It is too large. Shorten it or split it in two.',
  'failure.unauthenticated': 'This session has ended. Reload the page and send it again.',
  'failure.forbidden': 'You can no longer write here.',
  'failure.notFound': 'This conversation is no longer there.',
  'failure.conflict': 'This message was already sent elsewhere. Edit it to send it as a new one.',
  'failure.rateLimited': 'That was a lot at once. Wait a moment, then retry.',
  'failure.unavailable': 'Our side had a problem. Your text is kept.',
  'failure.fileGone': 'A file of it is no longer there. Edit it and add the file again.',

  // Files.
  'files.add': 'Add files',
  'files.drop': 'Drop the files here',
  'files.limits': 'Up to {count} files, each up to {size}',
  'files.toSend': 'Files to send',
  'files.count.one': '{count} file to send',
  'files.count.other': '{count} files to send',
  'files.waiting': 'Waiting…',
  'files.uploading': 'Uploading, {share}',
  'files.soon': 'It goes as soon as the files have arrived.',
  'files.stuck': 'Remove or retry what did not arrive, then send.',
  'files.remove': 'Remove {name}',
  'files.cancel': 'Cancel {name}',
  'files.retryOne': 'Retry {name}',
  'files.tooMany': 'At most {count} files go with one message. The others were left out.',
  'files.empty': 'This file is empty.',
  'files.tooLarge': 'This file is larger than {size}.',
  'files.tooLargeAnyway': 'This file is too large.',
  'files.full': 'There is no room left for it: only {size} more can be sent.',
  'files.type': 'Files of this kind cannot be sent. Put it into a ZIP file.',
  'files.failed': 'It did not arrive. Try again.',
  'files.show': 'Show {name}',
  'files.save': 'Save {name}',
  'files.loading': 'Loading…',
  'files.notLoaded': 'It could not be loaded. Try again.',

  // Who is writing.
  'typing.named': '{name} is typing',
  'typing.two': '{first} and {second} are typing',
  'typing.many.one': '{count} person is typing',
  'typing.many.other': '{count} people are typing',

  // Changes that the thread tells of.
  'change.updated': 'This conversation was updated',
  'change.resolved': 'This conversation was resolved',
  'change.resolvedBy': '{name} marked this as resolved',
  'change.closed': 'This conversation was closed',
  'change.reopened': 'This conversation is open again',

  // The connection.
  'connection.offline': 'You’re offline. Messages will be sent when you’re back.',
  'connection.polling': 'Reconnecting…',
  'connection.lost': 'Reconnecting… What you write is kept and sent.',

  // When somebody is there, on home and above a conversation.
  'presence.minutes.one': 'Usually replies within a minute',
  'presence.minutes.other': 'Usually replies within {count} minutes',
  'presence.hours.one': 'Usually replies within an hour',
  'presence.hours.other': 'Usually replies within {count} hours',
  'presence.days.one': 'Usually replies within a day',
  'presence.days.other': 'Usually replies within {count} days',
  'presence.backToday': 'Back at {time} (your time)',
  'presence.backTomorrow': 'Back tomorrow {time} (your time)',
  'presence.backDay': 'Back {day} {time} (your time)',
  'presence.away': 'We are away at the moment',

  // The list of conversations.
  'home.with': 'With {name}',
  'home.more.one': 'Show {count} more',
  'home.more.other': 'Show {count} more',

  // What a site may ask before a conversation.
  'form.title': 'Before we start',
  'form.lead': 'So that the right person can answer you.',
  'form.name': 'Name',
  'form.email': 'E-mail',
  'form.phone': 'Phone',
  'form.subject': 'What is it about?',
  'form.department': 'Who should answer?',
  'form.optional': 'optional',
  'form.choose': 'Choose…',
  'form.start': 'Continue',
  'form.notSent': 'Your message is kept. It is sent when this is filled in.',
  'form.answer_missing': 'Please fill this in.',
  'form.consent_missing': 'We need your agreement before we can start.',
  'form.answer_too_long': 'That is too long. Please shorten it.',
  'form.answer_not_text': 'This holds a character that we cannot keep. Please type it anew.',
  'form.email_not_valid': 'That does not look like an e-mail address. One is like name@example.com.',
  'form.phone_not_valid': 'Please write the number with its country, like +44 7700 900184.',
  'form.value_not_number': 'Please enter a number.',
  'form.value_not_date': 'Please enter a date.',
  'form.value_not_offered': 'Please choose one of these.',
  'form.value_not_boolean': 'Please choose yes or no.',

  // Outside hours, below a first message.
  'away.title': 'Nobody is here right now',
  'away.lead':
    'Your message is safe with us. Leave your e-mail address, in case you are gone when we answer.',
  'away.email': 'Your e-mail address',
  'away.leave': 'Leave address',
  'away.left': 'Thank you. We can reach you at {email}.',
  'away.failed': 'That did not work just now. Try again in a moment.',

  // After a conversation was resolved.
  'rating.ask': 'How did it go?',
  'rating.1': 'Terrible',
  'rating.2': 'Bad',
  'rating.3': 'Okay',
  'rating.4': 'Good',
  'rating.5': 'Great',
  'rating.thanks': 'Thank you for telling us',
  'rating.comment': 'Anything you would like to add?',
  'rating.send': 'Send comment',
  'rating.sent': 'Your comment has arrived.',
  'rating.failed': 'That did not work just now. Try again in a moment.',
  'rating.settled': 'This can no longer be changed.',

  // More of what can be done with a conversation.
  'menu.transcript': 'Download transcript',
  'menu.transcriptReady': 'Transcript downloaded',
  'menu.transcriptFailed': 'The transcript could not be made just now. Try again in a moment.',
  'menu.sound': 'Sound for new messages',

  // A transcript, as a file.
  'transcript.title': 'Conversation with {company}',
  'transcript.made': 'Written down on {moment} ({zone})',
  'transcript.you': 'You',
  'transcript.file': 'File: {name}',

  // Moments; what Intl says by itself (days, hours ago) needs no text.
  'time.now': 'Just now',
  'time.dayAt': '{day} {time}',
} as const;
