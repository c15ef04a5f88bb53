// Written by scripts/api-types.ts from /api/v1/openapi.json; npm test fails when the two differ.
export interface paths {
  '/api/v1/tickets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists tickets
     * @description All tickets; with a key of one department those that are in it now.
     */
    get: operations['listTickets'];
    put?: never;
    /**
     * Opens a ticket for a customer
     * @description You make the ids of the ticket and of its conversation; the same ids again answer what is there. Without a message its customer does not see the conversation yet. A key of one department opens it there, for customers who have, or had, a ticket in it.
     */
    post: operations['createTicket'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/tickets/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts tickets */
    get: operations['countTickets'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/tickets/{ticketId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Answers one ticket
     * @description `ETag` is its version, for `If-Match` of a change.
     */
    get: operations['getTicket'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Changes a ticket
     * @description All of the changes happen, or none. What is left out stays. With `If-Match` nothing happens when the ticket was changed since it was read: 412 then brings the current `ETag`.
     */
    patch: operations['updateTicket'];
    trace?: never;
  };
  '/api/v1/conversations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists conversations
     * @description To a customer their own in which something was said; to a key those on the tickets it may read.
     */
    get: operations['listConversations'];
    put?: never;
    /**
     * Begins a conversation
     * @description With its first message. A key begins a further one on a ticket; a customer one on a new ticket, or, when the time for replies to a resolved one is over, one that follows it. You make the ids; the same ids again answer what is there.
     */
    post: operations['createConversation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts conversations */
    get: operations['countConversations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one conversation */
    get: operations['getConversation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the messages of a conversation
     * @description In the order in which they were stored. To read on from where you were: `where={"order":{"gt":42}}`. A customer sees replies, and that the ticket was resolved or opened again.
     */
    get: operations['listMessages'];
    put?: never;
    /**
     * Sends a message
     * @description You make its id, a UUIDv7 best of all; the same id again answers what is stored and sends nothing. Once this answers, the message is stored and everybody sees it once, in the same place.
     */
    post: operations['createMessage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/messages/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts the messages of a conversation */
    get: operations['countMessages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/messages/{messageId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one message */
    get: operations['getMessage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/participants': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists who takes part in a conversation
     * @description Everybody who read or wrote in it, with how far they read. To a customer, agents who only wrote notes are not among them, and no related records are included.
     */
    get: operations['listParticipants'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/participants/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts who takes part in a conversation */
    get: operations['countParticipants'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/participants/{participantId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one participant of a conversation */
    get: operations['getParticipant'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/read-mark': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Answers how far one has read
     * @description Of the key, or of the customer whose token asks; others’ marks are among the participants.
     */
    get: operations['getReadMark'];
    /**
     * Says how far one has read
     * @description In one’s own order, as messages have it: `order` of the newest entry that was read. Marks only grow: an earlier place changes nothing, and one beyond the end is the end. A key’s mark tells the customer that their message was read.
     */
    put: operations['setReadMark'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/typing': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists who else types in a conversation now */
    get: operations['listTyping'];
    /**
     * Says that one types, or stopped
     * @description Shown to the others for as long as the answer says: repeat it at half of that while it goes on. Sending a message does not end it. An integration’s typing bears the name of its key.
     */
    put: operations['setTyping'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/conversations/{conversationId}/typing/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts who else types in a conversation now */
    get: operations['countTyping'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/customers': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists customers
     * @description Everybody who wrote, and those whom you created. A key of one department sees who has, or had, a ticket in it. A visitor who was identified is listed as that person only.
     */
    get: operations['listCustomers'];
    put?: never;
    /**
     * Creates a customer
     * @description Somebody who has not written yet. With `externalId` and the `widgetKey` of your site they are the person who signs in with a token whose `sub` is that id. For keys of all departments: a key of one would not see whom it made.
     */
    post: operations['createCustomer'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/customers/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts customers */
    get: operations['countCustomers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/customers/{customerId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one customer */
    get: operations['getCustomer'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Changes a customer
     * @description What is left out stays as it is; null empties it. Attributes are merged by key, and null takes one away. `isBlocked` ends every session and is for keys of all departments. All of it is done, or nothing.
     */
    patch: operations['updateCustomer'];
    trace?: never;
  };
  '/api/v1/agents': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists agents
     * @description People, those who were switched off too. A key of one department sees that one’s people.
     */
    get: operations['listAgents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/agents/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts agents */
    get: operations['countAgents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/agents/{agentId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one agent */
    get: operations['getAgent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Moves an agent to another department
     * @description Null is none. Names, addresses and passwords are the person’s own, and roles are given by people. For keys of all departments.
     */
    patch: operations['updateAgent'];
    trace?: never;
  };
  '/api/v1/agents/{agentId}/deactivate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Switches an agent off
     * @description Every session ends at once. Open tickets go to `handOver`, to nobody unless said otherwise, within seconds. No key switches an admin off. For keys of all departments.
     */
    post: operations['deactivateAgent'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/agents/{agentId}/reactivate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Switches an agent on again
     * @description Tickets that were handed over stay where they are. For keys of all departments.
     */
    post: operations['reactivateAgent'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/agents/invitations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists invitations that nobody has taken yet
     * @description All of them, the newest first. For keys of all departments.
     */
    get: operations['listInvitations'];
    put?: never;
    /**
     * Invites an agent
     * @description Always as an agent: admins are made by people. Earlier invitations of the same address end, so asking again is a new link. The link is answered once and kept nowhere, which is why Idempotency-Key is not heeded. For keys of all departments.
     */
    post: operations['createInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/agents/invitations/{invitationId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Ends an invitation
     * @description Its link opens nothing any more. One that is over stays so. For keys of all departments.
     */
    delete: operations['deleteInvitation'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/departments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists departments
     * @description A key of one department sees that one.
     */
    get: operations['listDepartments'];
    put?: never;
    /**
     * Creates a department
     * @description Unrestricted, always open, in UTC and without members unless said otherwise. Who is named as a member leaves the department they were in. For keys of all departments.
     */
    post: operations['createDepartment'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/departments/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts departments */
    get: operations['countDepartments'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/departments/{departmentId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one department */
    get: operations['getDepartment'];
    put?: never;
    post?: never;
    /**
     * Deletes a department
     * @description Its members and tickets go to `moveTo`, or to no department. The department is gone at once; many tickets follow within seconds, each with an entry that says so. Keys of that department open nothing any more. For keys of all departments.
     */
    delete: operations['deleteDepartment'];
    options?: never;
    head?: never;
    /**
     * Changes a department
     * @description What is left out stays as it is. `memberIds` names all of its members: who is not named any more is in none. Restricting it takes its tickets from everybody else at once. For keys of all departments.
     */
    patch: operations['updateDepartment'];
    trace?: never;
  };
  '/api/v1/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads on in the event feed, or waits for what comes
     * @description Events in the order in which things happened, each once, and none missed: `nextAfter` never lies beyond an event that is still to appear. A key hears what it may GET: tickets need `tickets:read`, messages `messages:read`, and so on. With `wait` the answer comes with the first event, or empty after that time; a key that is revoked meanwhile ends it with 401. A key may wait ten times at once.
     */
    get: operations['listEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/events/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Counts the events after a position
     * @description Counts to 10,000 and no further.
     */
    get: operations['countEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/events/{eventId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Reads one event */
    get: operations['getEvent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/realtime': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Where to connect for live events */
    get: operations['getRealtime'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/realtime/auth': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Grants a socket a channel
     * @description What Pusher clients call by themselves: `channel_name` for a channel, nothing for signing the user in. As JSON, or as the form that pusher-js sends. What a key may not GET, it is not granted; when the key ends, its sockets are closed.
     */
    post: operations['authorizeRealtime'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists webhooks
     * @description A key of one department sees those of that department.
     */
    get: operations['listWebhooks'];
    put?: never;
    /**
     * Creates a webhook
     * @description It is told of what happens from now on, signed with the secret that is answered here and nowhere else. The key needs to be able to read what the events are about. The URL is https and leads to the public internet. A key of one department makes webhooks of that department.
     */
    post: operations['createWebhook'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts webhooks */
    get: operations['countWebhooks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Answers one webhook */
    get: operations['getWebhook'];
    put?: never;
    post?: never;
    /**
     * Deletes a webhook
     * @description With the log of its deliveries; what waits is not sent any more.
     */
    delete: operations['deleteWebhook'];
    options?: never;
    head?: never;
    /**
     * Changes a webhook
     * @description What is left out stays as it is. Switched on again within a day it goes on where it stopped, later from now on.
     */
    patch: operations['updateWebhook'];
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}/rotate-secret': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Gives a webhook a new secret
     * @description The secret so far signs beside it for 24 hours; a receiver that knows either is right.
     */
    post: operations['rotateWebhookSecret'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}/deliveries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists what a webhook was told
     * @description Deliveries that are over are kept for 14 days.
     */
    get: operations['listWebhookDeliveries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}/deliveries/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts what a webhook was told */
    get: operations['countWebhookDeliveries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Answers one delivery with what was sent and what came back
     * @description The key needs to be able to read what the webhook’s events are about.
     */
    get: operations['getWebhookDelivery'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}/resend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sends an event to its webhook again
     * @description At once, with the same id and the same body, and retried for 24 hours like the first time.
     */
    post: operations['resendWebhookDelivery'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/customer-tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Signs a customer in
     * @description For an app that shows no widget. Your server signs who its user is (docs/identity.md), the app exchanges that for a token of an hour at most, with which conversations, messages, typing and read marks answer as that customer. No key is needed: never put one into an app.
     */
    post: operations['createCustomerToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Answers this document
     * @description OpenAPI 3.1, written from what the endpoints themselves check.
     */
    get: operations['getOpenApiDocument'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export interface webhooks {
  event: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * An event is sent to your address
     * @description Signed as Standard Webhooks has it: HMAC-SHA256 of `id.timestamp.body` with your secret. Answer with any 2xx within five seconds; do the work afterwards.
     */
    post: operations['receiveEvent'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export interface components {
  schemas: {
    Agent: {
      /** Format: uuid */
      id: string;
      name: string;
      email: string;
      /** @enum {string} */
      role: 'agent' | 'admin';
      departmentId: string | null;
      /** @enum {string} */
      availability: 'online' | 'away';
      /** @description False: switched off, and cannot sign in. */
      isActive: boolean;
      /** Format: date-time */
      createdAt: string;
      department?: components['schemas']['Department'] | null;
    };
    Attempt: {
      number: number;
      /** Format: date-time */
      at: string;
      durationMs: number;
      url: string;
      requestHeaders: {
        [key: string]: string;
      };
      status: number | null;
      problem:
        | (
            | 'url_not_valid'
            | 'scheme_not_allowed'
            | 'credentials_in_url'
            | 'not_encrypted'
            | 'port_not_allowed'
            | 'name_unknown'
            | 'address_not_allowed'
            | 'no_connection'
            | 'tls_failed'
            | 'answer_not_http'
            | 'answer_too_large'
            | 'answer_too_late'
            | 'too_many_redirects'
          )
        | null;
      answerHeaders: {
        [key: string]: string;
      } | null;
      /** @description The beginning of the answer’s body. */
      answerText: string | null;
    };
    Conversation: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      ticketId: string;
      /** Format: uuid */
      customerId: string;
      /** @description The ticket’s. */
      number: number;
      /** @description The ticket’s. */
      subject: string;
      /**
       * @description The ticket’s. To its customer pending and snoozed are open.
       * @enum {string}
       */
      status: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
      /** @description The order of the newest message, as whoever asks counts them; 0 is none. */
      head: number;
      /** @description The newest order among what the customer sees; null to the customer, whose `head` it is. */
      publicHead: number | null;
      /** @description The beginning of the newest message that the customer sees. */
      lastMessage: string | null;
      /** Format: date-time */
      lastMessageAt: string | null;
      /** Format: date-time */
      createdAt: string;
      ticket?: {
        /** Format: uuid */
        id: string;
        /** @description What people call it by. */
        number: number;
        subject: string;
        description: string | null;
        /** @enum {string} */
        status: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
        /** @enum {string} */
        priority: 'low' | 'normal' | 'high' | 'urgent';
        /** Format: uuid */
        customerId: string;
        /** @description Of the site that it was written on; null: on none. */
        widgetId: string | null;
        departmentId: string | null;
        assigneeId: string | null;
        tagIds: string[];
        /** @description Values of custom fields, by key. */
        fields: {
          [key: string]: string | number | boolean;
        };
        /** Format: date-time */
        snoozedUntil: string | null;
        /**
         * Format: date-time
         * @description Since when the customer waits for an answer; null: nobody waits.
         */
        waitingSince: string | null;
        /** Format: date-time */
        firstRepliedAt: string | null;
        /** Format: date-time */
        resolvedAt: string | null;
        /** Format: date-time */
        lastActivityAt: string;
        /** Format: date-time */
        createdAt: string;
        /** @description The ticket that it was merged into, where its conversations are now. */
        mergedIntoId: string | null;
        /** @description Grows with every change, messages included; the ETag. */
        version: number;
      } | null;
      customer?: components['schemas']['Customer'] | null;
    };
    Customer: {
      /** Format: uuid */
      id: string;
      name: string | null;
      /** @description What the customer typed or the site signed. A label: it identifies nobody. */
      email: string | null;
      /** @description E.164, such as +49301234. */
      phone: string | null;
      /** @description The site’s own id of this person; with `widgetKey`, since two sites’ ids name two people. */
      externalId: string | null;
      /** @description The widget of the site that gave `externalId`. */
      widgetKey: string | null;
      /**
       * Format: date-time
       * @description When the site’s signed token first said who this is; null: it never did.
       */
      verifiedAt: string | null;
      /**
       * Format: date-time
       * @description Since when nothing of theirs is taken any more.
       */
      blockedAt: string | null;
      locale: string | null;
      timezone: string | null;
      /** @description By key; one that a custom field defines has that field’s type. */
      attributes: {
        [key: string]: string | number | boolean;
      };
      /** @description Which of name, email, phone and the attributes the site signed. */
      signedKeys: string[];
      lastPage: string | null;
      /** Format: date-time */
      lastSeenAt: string | null;
      /** Format: date-time */
      createdAt: string;
    };
    CustomerToken: {
      /** @description Goes into Authorization: Bearer. It is told this once. */
      token: string;
      /** Format: uuid */
      customerId: string;
      /** Format: date-time */
      expiresAt: string;
      /** @description The seconds until then, for who does not trust their clock. */
      expiresIn: number;
    };
    Delivery: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      webhookId: string;
      /**
       * Format: uuid
       * @description What its requests carry as `webhook-id`.
       */
      eventId: string;
      type: string;
      position: number;
      /** @enum {string} */
      state: 'waiting' | 'delivered' | 'failed';
      attempts: number;
      /** Format: date-time */
      nextAttemptAt: string | null;
      /** @description What the receiver answered last. */
      lastStatus: number | null;
      /** @description Why there was no whole answer to the last attempt; null: there was one. */
      lastProblem:
        | (
            | 'url_not_valid'
            | 'scheme_not_allowed'
            | 'credentials_in_url'
            | 'not_encrypted'
            | 'port_not_allowed'
            | 'name_unknown'
            | 'address_not_allowed'
            | 'no_connection'
            | 'tls_failed'
            | 'answer_not_http'
            | 'answer_too_large'
            | 'answer_too_late'
            | 'too_many_redirects'
          )
        | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      finishedAt: string | null;
    };
    DeliveryWithLog: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      webhookId: string;
      /**
       * Format: uuid
       * @description What its requests carry as `webhook-id`.
       */
      eventId: string;
      type: string;
      position: number;
      /** @enum {string} */
      state: 'waiting' | 'delivered' | 'failed';
      attempts: number;
      /** Format: date-time */
      nextAttemptAt: string | null;
      /** @description What the receiver answered last. */
      lastStatus: number | null;
      /** @description Why there was no whole answer to the last attempt; null: there was one. */
      lastProblem:
        | (
            | 'url_not_valid'
            | 'scheme_not_allowed'
            | 'credentials_in_url'
            | 'not_encrypted'
            | 'port_not_allowed'
            | 'name_unknown'
            | 'address_not_allowed'
            | 'no_connection'
            | 'tls_failed'
            | 'answer_not_http'
            | 'answer_too_large'
            | 'answer_too_late'
            | 'too_many_redirects'
          )
        | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      finishedAt: string | null;
      /** @description What is sent, byte for byte: an event as JSON. */
      body: string;
      /** @description Its last attempts, newest first. */
      log: components['schemas']['Attempt'][];
    };
    Department: {
      /** Format: uuid */
      id: string;
      name: string;
      /** @description Its tickets are seen by its members, assignees and admins only. */
      isRestricted: boolean;
      /** @description IANA name. */
      timezone: string;
      /** @description Spans of ISO weekdays (1 is Monday), 09:00 to 17:00; null is always open, empty never. */
      businessHours:
        | {
            day: number;
            opens: string;
            closes: string;
          }[]
        | null;
      /** @description Its active members. */
      memberIds: string[];
      /** @description Tickets in it that are not over. */
      openTickets: number;
      /** Format: date-time */
      createdAt: string;
    };
    Event: {
      /**
       * Format: uuid
       * @description The same wherever the event is told: by it, one that comes twice is told from two.
       */
      id: string;
      /** @enum {string} */
      type:
        | 'ticket.created'
        | 'ticket.changed'
        | 'message.created'
        | 'customer.created'
        | 'customer.changed'
        | 'customer.blocked'
        | 'customer.unblocked'
        | 'customer.identified'
        | 'customer.merged'
        | 'agent.joined'
        | 'agent.changed'
        | 'agent.moved'
        | 'agent.role_changed'
        | 'agent.deactivated'
        | 'agent.reactivated'
        | 'department.changed'
        | 'department.access_changed';
      /** @description Its place in the feed. Grows from event to event, not always by one. */
      position: number;
      /** Format: date-time */
      at: string;
      actor: {
        /** @enum {string} */
        kind: 'visitor' | 'customer' | 'agent' | 'key' | 'system';
        /** @description Of a key: the id that the sender of its messages has, too. */
        id: string | null;
      };
      ticketId: string | null;
      conversationId: string | null;
      /**
       * Format: uuid
       * @description What it is about: a ticket, message, customer, agent or department, by its type.
       */
      subjectId: string;
      /** @description What changed, as it was. */
      before: {
        [key: string]: unknown;
      } | null;
      /** @description What changed, as it became. */
      after: {
        [key: string]: unknown;
      } | null;
      /** @description What it is about, as it is when this is answered; null when that is gone. */
      object:
        | (
            | components['schemas']['Ticket']
            | components['schemas']['Message']
            | components['schemas']['Customer']
            | components['schemas']['Agent']
            | components['schemas']['Department']
          )
        | null;
    };
    EventPage: {
      data: components['schemas']['Event'][];
      /** @description Pass it as `after` next time, also after an empty page: it stands behind what this key does not hear. */
      nextAfter: number;
      /** @description There may be more already: ask again at once. */
      hasMore: boolean;
    };
    Invitation: {
      /** Format: uuid */
      id: string;
      email: string;
      departmentId: string | null;
      /** @description Opens once, for seven days, and is not shown again. Send it to nobody but the person. */
      url: string;
      /** Format: date-time */
      expiresAt: string;
    };
    Message: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      conversationId: string;
      /**
       * @description A reply is for everybody, a note for staff; an event says what was done to the ticket.
       * @enum {string}
       */
      kind: 'reply' | 'note' | 'event';
      /** @description Its place in the log as whoever asks counts it: 1, 2, 3, without gaps. */
      order: number;
      /** @description Its place among what the customer sees; null for staff’s own, and to the customer. */
      publicOrder: number | null;
      /** @description The writer; null with `agentId` null: nobody, as when a snooze ends. */
      customerId: string | null;
      /** @description The writer. A key writes under an id of its own. */
      agentId: string | null;
      senderName: string | null;
      text: string;
      /** @description What an event says. */
      change:
        | (
            | {
                /** @constant */
                field: 'status';
                /** @enum {string} */
                from: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
                /** @enum {string} */
                to: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
                until?: string;
                /** @enum {string} */
                reason?: 'snooze_ended' | 'customer_replied' | 'merged' | 'merge_undone';
              }
            | {
                /** @constant */
                field: 'assignee';
                from: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                } | null;
                to: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                } | null;
              }
            | {
                /** @constant */
                field: 'department';
                from: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                } | null;
                to: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                } | null;
              }
            | {
                /** @constant */
                field: 'priority';
                from: string;
                to: string;
              }
            | {
                /** @constant */
                field: 'subject';
                from: string;
                to: string;
              }
            | {
                /** @constant */
                field: 'snooze';
                from: string;
                to: string;
              }
            | {
                /** @constant */
                field: 'tags';
                from: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                }[];
                to: {
                  /** Format: uuid */
                  id: string;
                  name: string;
                }[];
              }
            | {
                /** @constant */
                field: 'fields';
                key: string;
                label: string;
                from: string | number | boolean | null;
                to: string | number | boolean | null;
              }
            | {
                /** @constant */
                field: 'rating';
                from: number | null;
                to: number;
                comment: string | null;
              }
            | {
                /** @constant */
                field: 'merge';
                /** @enum {string} */
                role: 'source' | 'target';
                ticket: {
                  /** Format: uuid */
                  id: string;
                  number: number;
                  subject: string;
                };
                isUndone: boolean;
              }
          )
        | null;
      /** @description Agents whom a note mentions. */
      mentions: {
        /** Format: uuid */
        id: string;
        name: string;
      }[];
      files: {
        /** Format: uuid */
        id: string;
        name: string;
        type: string;
        bytes: number;
        width?: number;
        height?: number;
        hasThumbnail: boolean;
      }[];
      /** @description Whether the other side has read it: an agent what a customer wrote, the customer a reply, a colleague a note. */
      read: boolean;
      /** Format: date-time */
      sentAt: string;
      customer?: components['schemas']['Customer'] | null;
      agent?: components['schemas']['Agent'] | null;
    };
    OwnTyping: {
      isTyping: boolean;
      forMs: number;
    };
    Participant: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      conversationId: string;
      /** @enum {string} */
      kind: 'customer' | 'agent';
      customerId: string | null;
      agentId: string | null;
      name: string | null;
      /** @description Everything up to here was read; 0 is nothing. */
      readThrough: number;
      /** Format: date-time */
      readAt: string | null;
      /**
       * Format: date-time
       * @description First reply; null: has only read, or written notes.
       */
      joinedAt: string | null;
      customer?: components['schemas']['Customer'] | null;
      agent?: components['schemas']['Agent'] | null;
    };
    PendingInvitation: {
      /** Format: uuid */
      id: string;
      email: string;
      departmentId: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      expiresAt: string;
    };
    PlainConversation: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      ticketId: string;
      /** Format: uuid */
      customerId: string;
      /** @description The ticket’s. */
      number: number;
      /** @description The ticket’s. */
      subject: string;
      /**
       * @description The ticket’s. To its customer pending and snoozed are open.
       * @enum {string}
       */
      status: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
      /** @description The order of the newest message, as whoever asks counts them; 0 is none. */
      head: number;
      /** @description The newest order among what the customer sees; null to the customer, whose `head` it is. */
      publicHead: number | null;
      /** @description The beginning of the newest message that the customer sees. */
      lastMessage: string | null;
      /** Format: date-time */
      lastMessageAt: string | null;
      /** Format: date-time */
      createdAt: string;
    };
    Problem: {
      /** @description Where the documentation explains the code. */
      type: string;
      title: string;
      status: number;
      /** @description What went wrong, as a word that never changes its meaning. */
      code: string;
      /** @description The field, parameter, header or scope that it is about. */
      field?: string;
      detail: string;
      requestId: string;
      /** @description With a status of 500 and more: finds the cause in the log. */
      incidentId?: string;
    };
    ReadMark: {
      /** @enum {string} */
      kind: 'customer' | 'agent';
      /**
       * Format: uuid
       * @description The customer’s or agent’s id.
       */
      id: string;
      /** @description Everything up to here was read; 0 is nothing. */
      through: number;
      /** Format: date-time */
      at: string | null;
    };
    Realtime: {
      /** @description The app key of the Pusher protocol. Not a secret. */
      key: string;
      host: string;
      port: number;
      tls: boolean;
      /** @description Of a hosted service; null with our own server. */
      cluster: string | null;
      /** @description Where the client asks for its channels, with the same Authorization header as here. */
      authEndpoint: string;
      /** @description The list channels that this token may join. A conversation has its own: see docs/realtime.md. */
      channels: string[];
    };
    RealtimeGrant: {
      auth: string;
      /** @description Of a channel: pass it on. */
      channel_data?: string;
      /** @description Of a sign-in: pass it on. */
      user_data?: string;
    };
    Ticket: {
      /** Format: uuid */
      id: string;
      /** @description What people call it by. */
      number: number;
      subject: string;
      description: string | null;
      /** @enum {string} */
      status: 'open' | 'pending' | 'snoozed' | 'resolved' | 'closed';
      /** @enum {string} */
      priority: 'low' | 'normal' | 'high' | 'urgent';
      /** Format: uuid */
      customerId: string;
      /** @description Of the site that it was written on; null: on none. */
      widgetId: string | null;
      departmentId: string | null;
      assigneeId: string | null;
      tagIds: string[];
      /** @description Values of custom fields, by key. */
      fields: {
        [key: string]: string | number | boolean;
      };
      /** Format: date-time */
      snoozedUntil: string | null;
      /**
       * Format: date-time
       * @description Since when the customer waits for an answer; null: nobody waits.
       */
      waitingSince: string | null;
      /** Format: date-time */
      firstRepliedAt: string | null;
      /** Format: date-time */
      resolvedAt: string | null;
      /** Format: date-time */
      lastActivityAt: string;
      /** Format: date-time */
      createdAt: string;
      /** @description The ticket that it was merged into, where its conversations are now. */
      mergedIntoId: string | null;
      /** @description Grows with every change, messages included; the ETag. */
      version: number;
      customer?: components['schemas']['Customer'] | null;
      department?: components['schemas']['Department'] | null;
      assignee?: components['schemas']['Agent'] | null;
      conversations?: components['schemas']['PlainConversation'][];
    };
    Typing: {
      /** @enum {string} */
      kind: 'customer' | 'agent';
      /**
       * Format: uuid
       * @description The customer’s or agent’s id.
       */
      id: string;
      name: string | null;
      /** @description How long that is still shown, unless it is said again. A span, since no clocks are compared. */
      forMs: number;
    };
    Webhook: {
      /** Format: uuid */
      id: string;
      name: string;
      url: string;
      /** @description The types of events that it is told. */
      types: (
        | 'ticket.created'
        | 'ticket.changed'
        | 'message.created'
        | 'customer.created'
        | 'customer.changed'
        | 'customer.blocked'
        | 'customer.unblocked'
        | 'customer.identified'
        | 'customer.merged'
        | 'agent.joined'
        | 'agent.changed'
        | 'agent.moved'
        | 'agent.role_changed'
        | 'agent.deactivated'
        | 'agent.reactivated'
        | 'department.changed'
        | 'department.access_changed'
      )[];
      /** @description Only of this department; null: of all. */
      departmentId: string | null;
      isEnabled: boolean;
      /** @description Who switched it off: somebody by hand, Parley since nothing got through for a day, or the receiver by answering 410. */
      disabledReason: ('by_hand' | 'failing' | 'gone') | null;
      /** Format: date-time */
      disabledAt: string | null;
      /**
       * Format: date-time
       * @description Since when no attempt has succeeded; null: the last one did.
       */
      failingSince: string | null;
      /** @description The end of its secret. */
      secretHint: string;
      /**
       * Format: date-time
       * @description Until when the secret before this one signs as well; null: it does not.
       */
      formerSecretUntil: string | null;
      /** @description The agent, or the account of the key, that made it. */
      createdBy: string | null;
      /** Format: date-time */
      createdAt: string;
    };
    WebhookWithSecret: {
      /** Format: uuid */
      id: string;
      name: string;
      url: string;
      /** @description The types of events that it is told. */
      types: (
        | 'ticket.created'
        | 'ticket.changed'
        | 'message.created'
        | 'customer.created'
        | 'customer.changed'
        | 'customer.blocked'
        | 'customer.unblocked'
        | 'customer.identified'
        | 'customer.merged'
        | 'agent.joined'
        | 'agent.changed'
        | 'agent.moved'
        | 'agent.role_changed'
        | 'agent.deactivated'
        | 'agent.reactivated'
        | 'department.changed'
        | 'department.access_changed'
      )[];
      /** @description Only of this department; null: of all. */
      departmentId: string | null;
      isEnabled: boolean;
      /** @description Who switched it off: somebody by hand, Parley since nothing got through for a day, or the receiver by answering 410. */
      disabledReason: ('by_hand' | 'failing' | 'gone') | null;
      /** Format: date-time */
      disabledAt: string | null;
      /**
       * Format: date-time
       * @description Since when no attempt has succeeded; null: the last one did.
       */
      failingSince: string | null;
      /** @description The end of its secret. */
      secretHint: string;
      /**
       * Format: date-time
       * @description Until when the secret before this one signs as well; null: it does not.
       */
      formerSecretUntil: string | null;
      /** @description The agent, or the account of the key, that made it. */
      createdBy: string | null;
      /** Format: date-time */
      createdAt: string;
      /** @description What its signatures are made with. It is shown only here. */
      secret: string;
    };
  };
  responses: {
    /** @description Something in the request is not as described; `field` names it. */
    Invalid: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description No key, or none that is good now. */
    Unauthenticated: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The key has not got the scope, or its role may not do this. */
    Forbidden: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description There is no such record, or none that you may know of. */
    NotFound: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description It cannot be done as things are now; `code` says why. */
    Conflict: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description Somebody changed it first. `ETag` has what it is now. */
    ChangedMeanwhile: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The body is larger than 256 KB. */
    TooLarge: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The body is not JSON. */
    TypeNotSupported: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The `Idempotency-Key` was used for another request. */
    KeyReused: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description Too many requests. `Retry-After` says how long to wait. */
    RateLimited: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        'Retry-After': components['headers']['Retry-After'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description Not now. `Retry-After` says when to come back. */
    Unavailable: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        'Retry-After': components['headers']['Retry-After'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: {
    /** @description The version of what is answered, for `If-Match`. */
    ETag: string;
    /** @description Where the new record is. */
    Location: string;
    /** @description `true` where nothing was done anew. */
    'Idempotent-Replayed': string;
    /** @description Names this request in the log of the server. */
    'X-Request-Id': string;
    /** @description How many requests in how many seconds: `"api.key";q=600;w=60`. */
    'RateLimit-Policy': string;
    /** @description How many are left, and for how many seconds: `"api.key";r=598;t=31`. */
    RateLimit: string;
    /** @description Seconds to wait before the next try. */
    'Retry-After': string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listTickets: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Ticket'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createTicket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uuid */
          id: string;
          /** Format: uuid */
          conversationId: string;
          /** Format: uuid */
          customerId: string;
          subject: string;
          description?: string | null;
          /** @enum {string} */
          priority?: 'low' | 'normal' | 'high' | 'urgent';
          departmentId?: string | null;
          assigneeId?: string | null;
          /** @description A reply to the customer, with which the conversation opens. */
          message?: {
            /** Format: uuid */
            id: string;
            text: string;
          };
        };
      };
    };
    responses: {
      /** @description It was made before under this id, and this is what it is: `Idempotent-Replayed: true`. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Ticket'];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Ticket'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countTickets: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getTicket: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the ticket. */
        ticketId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Ticket'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  updateTicket: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
        /** @description The `ETag` of what you read. If the ticket has changed since, nothing is changed and 412 is answered with the current one. */
        'If-Match'?: string;
      };
      path: {
        /** @description Id of the ticket. */
        ticketId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          subject?: string;
          /** @enum {string} */
          status?: 'open' | 'pending' | 'resolved';
          /** @description Null wakes it. */
          snoozedUntil?: string | null;
          /** @enum {string} */
          priority?: 'low' | 'normal' | 'high' | 'urgent';
          assigneeId?: string | null;
          departmentId?: string | null;
          /** @description All of its tags: others are taken away. */
          tagIds?: string[];
          /** @description Values of custom fields by key; null takes one away. */
          fields?: {
            [key: string]: (string | number | boolean) | null;
          };
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          ETag: components['headers']['ETag'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Ticket'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      412: components['responses']['ChangedMeanwhile'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listConversations: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Conversation'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createConversation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uuid */
          id: string;
          /**
           * Format: uuid
           * @description Of a key: the ticket that it is on. Of a customer: the id for the new ticket.
           */
          ticketId?: string;
          /**
           * Format: uuid
           * @description Of a customer, instead of `ticketId`: the conversation whose time for replies is over.
           */
          followsConversationId?: string;
          /** @description Of a customer: to the form that stands before a first message, where the widget has one. */
          answers?: {
            [key: string]: string | number | boolean;
          };
          message: {
            /** Format: uuid */
            id: string;
            text: string;
          };
        };
      };
    };
    responses: {
      /** @description It was made before under this id, and this is what it is: `Idempotent-Replayed: true`. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Conversation'];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Conversation'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countConversations: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getConversation: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Conversation'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listMessages: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Message'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createMessage: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uuid */
          id: string;
          text: string;
          /**
           * @description A note is for staff alone; customers write replies.
           * @default reply
           * @enum {string}
           */
          kind?: 'reply' | 'note';
          /** @description Agents whom a note mentions; they are notified. */
          mentionIds?: string[];
          /** @description Of a key: the newest `order` that it has read. Refused when somebody wrote after that. */
          expectedOrder?: number;
        };
      };
    };
    responses: {
      /** @description It was made before under this id, and this is what it is: `Idempotent-Replayed: true`. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Message'];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Message'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countMessages: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getMessage: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
        /** @description Id of the message. */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Message'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listParticipants: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Participant'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countParticipants: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getParticipant: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
        /** @description Id of the participant. */
        participantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Participant'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getReadMark: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ReadMark'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  setReadMark: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          through: number;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ReadMark'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listTyping: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Typing'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  setTyping: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          isTyping: boolean;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OwnTyping'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countTyping: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the conversation. */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listCustomers: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Customer'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name?: string | null;
          email?: string | null;
          phone?: string | null;
          externalId?: string;
          widgetKey?: string;
          locale?: string | null;
          timezone?: string | null;
          attributes?: {
            [key: string]: (string | number | boolean) | null;
          };
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Customer'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countCustomers: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getCustomer: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the customer. */
        customerId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Customer'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  updateCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the customer. */
        customerId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name?: string | null;
          email?: string | null;
          phone?: string | null;
          attributes?: {
            [key: string]: (string | number | boolean) | null;
          };
          isBlocked?: boolean;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Customer'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listAgents: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Agent'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countAgents: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getAgent: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the agent. */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Agent'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  updateAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the agent. */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          departmentId: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Agent'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  deactivateAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the agent. */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          handOver?:
            | {
                /** @constant */
                to: 'nobody';
              }
            | {
                /** @constant */
                to: 'agent';
                /** Format: uuid */
                agentId: string;
              }
            | {
                /** @constant */
                to: 'department';
                /** Format: uuid */
                departmentId: string;
              };
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Agent'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  reactivateAgent: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the agent. */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': Record<string, never>;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Agent'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listInvitations: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['PendingInvitation'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createInvitation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: email */
          email: string;
          departmentId?: string | null;
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Invitation'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  deleteInvitation: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the invitation. */
        invitationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Gone. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listDepartments: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Department'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createDepartment: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          isRestricted?: boolean;
          timezone?: string;
          businessHours?:
            | {
                day: number;
                opens: string;
                closes: string;
              }[]
            | null;
          memberIds?: string[];
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Department'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countDepartments: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getDepartment: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the department. */
        departmentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Department'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  deleteDepartment: {
    parameters: {
      query?: {
        moveTo?: string;
      };
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the department. */
        departmentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Gone. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  updateDepartment: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the department. */
        departmentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name?: string;
          isRestricted?: boolean;
          timezone?: string;
          businessHours?:
            | {
                day: number;
                opens: string;
                closes: string;
              }[]
            | null;
          memberIds?: string[];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Department'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listEvents: {
    parameters: {
      query?: {
        /** @description The position you have read through: the `nextAfter` of the answer before. 0 begins at the beginning, `latest` with what is yet to come. */
        after?: string;
        /** @description Only events of these types, separated by commas. */
        types?: string;
        /** @description Only what happened to this ticket. */
        ticketId?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description How many seconds to wait for the next event when there is none yet. */
        wait?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EventPage'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countEvents: {
    parameters: {
      query?: {
        /** @description The position you have read through: the `nextAfter` of the answer before. 0 begins at the beginning, `latest` with what is yet to come. */
        after?: string;
        /** @description Only events of these types, separated by commas. */
        types?: string;
        /** @description Only what happened to this ticket. */
        ticketId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getEvent: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the event. */
        eventId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Event'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getRealtime: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Realtime'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  authorizeRealtime: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          socket_id: string;
          channel_name?: string;
        };
        'application/x-www-form-urlencoded': {
          socket_id: string;
          channel_name?: string;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RealtimeGrant'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listWebhooks: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Webhook'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createWebhook: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uuid */
          id: string;
          name: string;
          url: string;
          types: (
            | 'ticket.created'
            | 'ticket.changed'
            | 'message.created'
            | 'customer.created'
            | 'customer.changed'
            | 'customer.blocked'
            | 'customer.unblocked'
            | 'customer.identified'
            | 'customer.merged'
            | 'agent.joined'
            | 'agent.changed'
            | 'agent.moved'
            | 'agent.role_changed'
            | 'agent.deactivated'
            | 'agent.reactivated'
            | 'department.changed'
            | 'department.access_changed'
          )[];
          departmentId?: string | null;
        };
      };
    };
    responses: {
      /** @description It was made before under this id, and this is what it is: `Idempotent-Replayed: true`. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookWithSecret'];
        };
      };
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          Location: components['headers']['Location'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookWithSecret'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countWebhooks: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getWebhook: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Webhook'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  deleteWebhook: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Gone. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  updateWebhook: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name?: string;
          url?: string;
          types?: (
            | 'ticket.created'
            | 'ticket.changed'
            | 'message.created'
            | 'customer.created'
            | 'customer.changed'
            | 'customer.blocked'
            | 'customer.unblocked'
            | 'customer.identified'
            | 'customer.merged'
            | 'agent.joined'
            | 'agent.changed'
            | 'agent.moved'
            | 'agent.role_changed'
            | 'agent.deactivated'
            | 'agent.reactivated'
            | 'department.changed'
            | 'department.access_changed'
          )[];
          isEnabled?: boolean;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Webhook'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  rotateWebhookSecret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookWithSecret'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  listWebhookDeliveries: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
        /** @description A field to order by, with a minus in front for descending. */
        order?: string;
        /** @description How many at most. */
        limit?: number;
        /** @description The `nextCursor` of the page before. Good for the same list, conditions, order and key. */
        cursor?: string;
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            data: components['schemas']['Delivery'][];
            nextCursor: string | null;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  countWebhookDeliveries: {
    parameters: {
      query?: {
        /** @description Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`. */
        where?: string;
      };
      header?: never;
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
          };
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getWebhookDelivery: {
    parameters: {
      query?: {
        /** @description Related records to answer along, separated by commas. */
        include?: string;
        /** @description Only these fields of each record, separated by commas; the id always comes. */
        fields?: string;
      };
      header?: never;
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
        /** @description Id of the delivery. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeliveryWithLog'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  resendWebhookDelivery: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes it safe to send this again after an answer that never came: the same key with the same request is carried out once, and answers what it answered the first time, for 24 hours. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the webhook. */
        webhookId: string;
        /** @description Id of the delivery. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Delivery'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      422: components['responses']['KeyReused'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  createCustomerToken: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description The public key of the widget whose site signs. */
          widgetKey: string;
          /** @description The JWT that your server signed, as for the widget: it signs in once. */
          token: string;
          locale?: string | null;
          timezone?: string | null;
        };
      };
    };
    responses: {
      /** @description Made. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CustomerToken'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      413: components['responses']['TooLarge'];
      415: components['responses']['TypeNotSupported'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  getOpenApiDocument: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          RateLimit: components['headers']['RateLimit'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            openapi: string;
          } & {
            [key: string]: unknown;
          };
        };
      };
      400: components['responses']['Invalid'];
      429: components['responses']['RateLimited'];
      503: components['responses']['Unavailable'];
    };
  };
  receiveEvent: {
    parameters: {
      query?: never;
      header: {
        /** @description Stays the same at every attempt: what you have seen, you may throw away. */
        'webhook-id': string;
        /** @description Seconds since 1970, of this attempt. Refuse what is older than five minutes. */
        'webhook-timestamp': string;
        /** @description `v1,` and the signature in base64; several with spaces between them while a secret is rotated. */
        'webhook-signature': string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Event'];
      };
    };
    responses: {
      /** @description Taken. Anything else, or nothing within five seconds, is tried again for a day. */
      '2XX': {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
}
