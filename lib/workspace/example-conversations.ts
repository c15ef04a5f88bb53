import type { TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

/**
 * The example workspace: a small maker of pots that also sells plants and things for the home. Pure writing: who
 * said what, how long after the line before. `example-data.ts` turns it into rows.
 */

export type ExampleAgent = 'ines' | 'tomasz' | 'priya';
/** `owner` is the person who set this workspace up; lines that need one are left out when nobody is there. */
export type ExampleAssignee = ExampleAgent | 'owner';
export type ExampleDepartment = 'Support' | 'Orders';

export const exampleDepartments: readonly { name: ExampleDepartment; timezone: string }[] = [
  { name: 'Support', timezone: 'Europe/Dublin' },
  { name: 'Orders', timezone: 'Europe/Dublin' },
];

export const exampleAgents: readonly {
  key: ExampleAgent;
  name: string;
  email: string;
  department: ExampleDepartment;
}[] = [
  { key: 'ines', name: 'Inês Carvalho', email: 'ines@fernhill.example', department: 'Support' },
  { key: 'priya', name: 'Priya Raman', email: 'priya@fernhill.example', department: 'Support' },
  { key: 'tomasz', name: 'Tomasz Wrona', email: 'tomasz@fernhill.example', department: 'Orders' },
];

export type ExampleCustomer = {
  key: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  isVerified: boolean;
  locale: string;
  timezone: string;
  page: string;
  attributes: Record<string, string | number>;
};

const person = (
  key: string,
  name: string | null,
  email: string | null,
  place: [locale: string, timezone: string],
  page: string,
  more: Partial<Pick<ExampleCustomer, 'phone' | 'isVerified' | 'attributes'>> = {},
): ExampleCustomer => ({
  key,
  name,
  email,
  phone: more.phone ?? null,
  isVerified: more.isVerified ?? false,
  locale: place[0],
  timezone: place[1],
  page: `https://fernhill.example${page}`,
  attributes: more.attributes ?? {},
});

export const exampleCustomers: readonly ExampleCustomer[] = [
  person('amara', 'Amara Okafor', 'amara.okafor@example.com', ['en-IE', 'Europe/Dublin'], '/pots/alder-24', {
    isVerified: true,
    attributes: { orders: 9, city: 'Cork' },
  }),
  person('liam', 'Liam Brennan', 'lbrennan@example.net', ['en-IE', 'Europe/Dublin'], '/orders', {
    attributes: { orders: 2, city: 'Galway' },
  }),
  person('hanne', 'Hanne Dreyer', 'hanne.dreyer@example.org', ['de-DE', 'Europe/Berlin'], '/plants/ferns', {
    isVerified: true,
    attributes: { orders: 5, city: 'Leipzig' },
  }),
  person('yuki', '森 由紀', 'yuki.mori@example.com', ['ja-JP', 'Asia/Tokyo'], '/pots/moss', {
    attributes: { orders: 1, city: '京都' },
  }),
  person('layla', 'ليلى حداد', 'layla.haddad@example.org', ['ar-LB', 'Asia/Beirut'], '/delivery', {
    attributes: { orders: 3, city: 'بيروت' },
  }),
  person('mateo', 'Mateo Ferrer', 'mateo.ferrer@example.com', ['es-ES', 'Europe/Madrid'], '/returns', {
    isVerified: true,
    attributes: { orders: 4, city: 'Valencia' },
  }),
  person('siobhan', 'Siobhán Kelleher', 'siobhan.k@example.net', ['en-IE', 'Europe/Dublin'], '/workshops', {
    attributes: { orders: 12, city: 'Bray' },
  }),
  person('devika', 'Devika Nair', 'devika@example.org', ['en-GB', 'Europe/London'], '/plants/calathea', {
    phone: '+447700900184',
    attributes: { orders: 3, city: 'Bristol' },
  }),
  person('oskar', 'Oskar Lindqvist', 'oskar.lindqvist@example.com', ['sv-SE', 'Europe/Stockholm'], '/home', {
    attributes: { orders: 1, city: 'Uppsala' },
  }),
  person(
    'june',
    'June Abernathy',
    'june.abernathy@example.net',
    ['en-US', 'America/New_York'],
    '/gift-cards',
    {
      phone: '+12025550143',
      attributes: { orders: 2, city: 'Burlington' },
    },
  ),
  person('theo', 'Théo Marchand', 'theo.marchand@example.org', ['fr-FR', 'Europe/Paris'], '/pots/alder-30', {
    isVerified: true,
    attributes: { orders: 6, city: 'Nantes' },
  }),
  person('kwame', 'Kwame Boateng', 'kwame@thelongtable.example', ['en-IE', 'Europe/Dublin'], '/trade', {
    isVerified: true,
    attributes: { orders: 14, company: 'The Long Table', terms: 'trade, 30 days' },
  }),
  person('rosa', 'Rosa Papadaki', 'rosa@papadaki-interiors.example', ['el-GR', 'Europe/Athens'], '/trade', {
    isVerified: true,
    attributes: { orders: 8, company: 'Papadaki Interiors' },
  }),
  person('balcony', null, null, ['en-IE', 'Europe/Dublin'], '/plants/olive-tree'),
  person('islander', null, null, ['ga-IE', 'Europe/Dublin'], '/basket'),
  person('parent', null, null, ['en-IE', 'Europe/Dublin'], '/visit'),
  person('kumquat', null, null, ['en-IE', 'Europe/Dublin'], '/plants/citrus'),
];

/** `after` is minutes since the line before (the first line's is 0). */
export type ExampleLine = { after: number } & (
  | { kind: 'customer'; text: string }
  | { kind: 'agent'; by: ExampleAgent; text: string }
  | { kind: 'note'; by: ExampleAgent; text: string }
  | { kind: 'status'; by: ExampleAgent; to: TicketStatus }
  | { kind: 'priority'; by: ExampleAgent; to: TicketPriority }
  | { kind: 'assignee'; by: ExampleAgent; to: ExampleAssignee }
  | { kind: 'department'; by: ExampleAgent; to: ExampleDepartment }
);

export type ExampleTicket = {
  customer: string;
  subject: string;
  department: ExampleDepartment;
  /** Minutes before loading that the first line was written. */
  startedAgo: number;
  lines: readonly ExampleLine[];
};

const hours = (count: number) => Math.round(count * 60);
const days = (count: number) => Math.round(count * 1440);

const asks = (text: string): ExampleLine => ({ after: 0, kind: 'customer', text });
const says = (after: number, text: string): ExampleLine => ({ after, kind: 'customer', text });
const answers = (by: ExampleAgent, after: number, text: string): ExampleLine => ({
  after,
  kind: 'agent',
  by,
  text,
});
const notes = (by: ExampleAgent, after: number, text: string): ExampleLine => ({
  after,
  kind: 'note',
  by,
  text,
});
const takes = (by: ExampleAgent, after: number): ExampleLine => ({ after, kind: 'assignee', by, to: by });
const hands = (by: ExampleAgent, to: ExampleAssignee, after: number): ExampleLine => ({
  after,
  kind: 'assignee',
  by,
  to,
});
const ranks = (by: ExampleAgent, after: number, to: TicketPriority): ExampleLine => ({
  after,
  kind: 'priority',
  by,
  to,
});
const moves = (by: ExampleAgent, after: number, to: ExampleDepartment): ExampleLine => ({
  after,
  kind: 'department',
  by,
  to,
});
const waits = (by: ExampleAgent, after = 0): ExampleLine => ({ after, kind: 'status', by, to: 'pending' });
const resolves = (by: ExampleAgent, after = 1): ExampleLine => ({
  after,
  kind: 'status',
  by,
  to: 'resolved',
});

export const exampleTickets: readonly ExampleTicket[] = [
  {
    customer: 'balcony',
    subject: 'Olive tree on a windy balcony',
    department: 'Support',
    startedAgo: 4,
    lines: [
      asks('hi! would the potted olive be ok on a 6th floor balcony? its quite windy up here'),
      says(2, 'facing west if that matters'),
    ],
  },
  {
    customer: 'amara',
    subject: 'Two Alder planters, one glaze?',
    department: 'Orders',
    startedAgo: 11,
    lines: [
      asks(
        'Hello, I ordered two Alder 24s last night (FH-20871) and I only now noticed the product page says each firing comes out a bit different. Could you pick two that are close to each other? They will stand left and right of a door.',
      ),
    ],
  },
  {
    customer: 'liam',
    subject: 'Parcel says delivered, nothing here',
    department: 'Orders',
    startedAgo: 52,
    lines: [
      asks('Tracking says delivered at 9:41 this morning. I was home. Nobody came.'),
      says(3, 'code is FH7720 4419 3306 IE'),
      says(21, 'is there a person there or is this one of those bots'),
    ],
  },
  {
    customer: 'hanne',
    subject: 'Frauenhaarfarn wird braun',
    department: 'Support',
    startedAgo: hours(2.2),
    lines: [
      asks(
        'Guten Tag, mein Frauenhaarfarn aus der letzten Bestellung bekommt seit dem Wochenende braune Spitzen. Er steht im Bad, Nordfenster, ich gieße alle zwei Tage. Mache ich etwas falsch oder war er schon beim Versand angeschlagen?',
      ),
      says(9, 'Ein Foto kann ich gern per E-Mail schicken, falls das hilft.'),
    ],
  },
  {
    customer: 'yuki',
    subject: '受け皿のサイズについて',
    department: 'Support',
    startedAgo: hours(5.5),
    lines: [
      asks(
        'はじめまして。モスポットの14センチを購入しましたが、付属の受け皿が少し小さいようです。こちらは別売りで一回り大きいものはありますでしょうか。',
      ),
      says(4, '急ぎではありません。どうぞよろしくお願いいたします。'),
    ],
  },
  {
    customer: 'siobhan',
    subject: 'Place for one more on Saturday?',
    department: 'Support',
    startedAgo: 27,
    lines: [
      asks(
        "Any chance of a third spot at Saturday's throwing class? My sister is over from Halifax and I've been talking it up all week.",
      ),
      hands('priya', 'owner', 6),
      notes(
        'priya',
        1,
        'Class is at 8 of 8, but Brid said she could take nine if nobody minds sharing the small wheel. Your call, it is your class.',
      ),
    ],
  },
  {
    customer: 'kwame',
    subject: 'Table pots for the new room',
    department: 'Orders',
    startedAgo: days(1.1),
    lines: [
      asks(
        "Morning Fernhill. We're opening the back room in seven weeks and I want a small pot with something green on each of 22 tables. Moss 10s probably. Can you do the sand glaze in that number, and what would the price be?",
      ),
      takes('tomasz', 14),
      answers(
        'tomasz',
        2,
        "Morning Kwame, congratulations on the back room. Sand glaze is fine, 22 is just under one kiln load. I'd suggest firing 25 so that you have spares. Let me get the figure from the workshop before lunch.",
      ),
      says(31, '25 makes sense, the floor staff will break two in the first week anyway.'),
      notes(
        'tomasz',
        64,
        'Brid: kiln slot free on the 9th, 25 x Moss 10 at trade is €11.20 each, plants extra. Asparagus fern holds up best in low light.',
      ),
      answers(
        'tomasz',
        8,
        'So: 25 Moss 10 in sand at €11.20 is €280, and asparagus ferns at €4.60 would be another €115. They leave the kiln on the 9th and could be with you on the 13th.',
      ),
      says(
        hours(3),
        'Good. Two questions before I say yes: do the saucers come with that, and can the ferns arrive a fortnight later? There is no daylight bulb in there until the electrician is done.',
      ),
      hands('tomasz', 'owner', 12),
      notes(
        'tomasz',
        1,
        'Saucers are included. Splitting the delivery costs us a second van run (~€38), are we all right with eating that for him? He has ordered fourteen times.',
      ),
    ],
  },
  {
    customer: 'devika',
    subject: 'Calathea arrived frozen',
    department: 'Support',
    startedAgo: hours(7),
    lines: [
      asks(
        'My calathea came this morning and the leaves are black and mushy. The box was left outside all night at -3. I am so disappointed, it was meant for my mum’s birthday tomorrow',
      ),
      ranks('ines', 5, 'urgent'),
      takes('ines', 0),
      answers(
        'ines',
        2,
        "Oh no, Devika, I'm sorry. Frost does exactly that and it won't come back, so please don't spend time nursing it. You'll get a new one or your money, whichever you'd rather. When does the birthday start tomorrow?",
      ),
      says(6, 'we are having lunch at 1'),
      notes(
        'ines',
        11,
        '@Tomasz is there any calathea at the Bristol stockist? Courier from here cannot make it before 6 pm.',
      ),
      notes(
        'tomasz',
        14,
        'Rang them: they have one orbifolia, 17 cm pot, a bit bigger than ours. They hold it under "Nair" until noon. We settle with them.',
      ),
      answers(
        'ines',
        3,
        "We found one in Bristol: Green & Wild on North Street has an orbifolia put aside under your name until noon tomorrow, nothing to pay. It's slightly larger than the one you ordered. Would that work on the way?",
      ),
      says(2, 'omg yes!! thats ten minutes from me'),
      says(1, 'do I need to bring anything?'),
    ],
  },
  {
    customer: 'mateo',
    subject: 'Return label does not open',
    department: 'Orders',
    startedAgo: hours(3.4),
    lines: [
      asks(
        'Hello. I try to return the jute basket (too big for the shelf, my mistake). The link in the mail for the label gives an empty page, in Chrome and in Firefox the same.',
      ),
      takes('tomasz', 25),
      answers(
        'tomasz',
        4,
        'Hi Mateo, thanks for trying two browsers. Could you paste the link here? Anything after the question mark is enough.',
      ),
      says(7, 'https://fernhill.example/returns/label?order=FH-20655&t=9f2c'),
      says(1, 'it ends like this, in the mail there is a line break in the middle'),
    ],
  },
  {
    customer: 'theo',
    subject: 'Drainage hole in the Alder 30',
    department: 'Support',
    startedAgo: hours(1.3),
    lines: [
      asks(
        'Bonjour, quick one: does the Alder 30 have a hole in the base? The photos show it only from the side.',
      ),
      hands('ines', 'owner', 9),
    ],
  },
  {
    customer: 'rosa',
    subject: 'Invoice with our VAT number',
    department: 'Orders',
    startedAgo: hours(9),
    lines: [
      asks(
        'Good morning. Invoice F-4410 has our old VAT number on it. The new one is EL 094 339 217 (the company changed its form last month). My accountant closes the quarter this week so she is asking me every hour.',
      ),
      takes('tomasz', 40),
      ranks('tomasz', 1, 'high'),
      answers(
        'tomasz',
        3,
        'Good morning Rosa. I can reissue it as F-4410-A with the new number and a credit note for the old one. Is the registered address unchanged?',
      ),
      says(55, 'The address is the same, thank you. Please also on F-4388, I just saw.'),
    ],
  },
  {
    customer: 'oskar',
    subject: 'Candle smells of almost nothing',
    department: 'Support',
    startedAgo: days(1.4),
    lines: [
      asks(
        'Hej! I bought the Bog Myrtle candle because everyone says it fills a room. Mine smells like… wax. Have burned it three evenings now.',
      ),
      takes('priya', 34),
      answers(
        'priya',
        5,
        'Hej Oskar! Three evenings should be plenty. How long does it burn each time, and does the melted part reach the edge of the glass? If it tunnels, the scent stays in the wall of wax around it.',
      ),
      waits('priya'),
      says(hours(20), 'About 40 min. It makes a hole in the middle, so maybe that is it'),
    ],
  },
  {
    customer: 'june',
    subject: 'Gift card for my granddaughter in Dublin',
    department: 'Support',
    startedAgo: hours(14),
    lines: [
      asks(
        'Hello, I hope I am in the right place, my grandson set this computer up and I am never sure which little window is the one I want.\n\nMy granddaughter Nora has taken a room in Dublin for her studies, in Phibsborough if that means anything to you, and from the photographs she sends there is not one green thing in it. I would like to give her a gift card so that she can choose for herself, because the last time I chose for her it was a cactus and it came to a bad end. I was thinking of fifty dollars, but I see you count in euros, so perhaps you could tell me what that comes to. I do not want it to look mean.\n\nAlso: would it come as a piece of paper in an envelope, or as an e-mail? She does not read e-mail. None of them do. I would far rather it was something she can hold, and if somebody there could write a line on it in a nice hand I would gladly pay for the trouble. The line would be "Something to come home to. Love, Gran."\n\nI am in Vermont and awake until about ten, or you may telephone in the morning.',
      ),
      takes('priya', 16),
      answers(
        'priya',
        9,
        "You are in exactly the right window, June, and I know Phibsborough well. Fifty dollars is a little over €43 today, so a €45 card would look anything but mean. We can print it on our heavy paper, write your line by hand and post it to Nora in an envelope; there's no charge for the handwriting. Could you send me her address, and tell me if you'd like the card to arrive by a certain day?",
      ),
      says(
        hours(1.6),
        'That is very kind. Her birthday is on the 4th, so any day before it. Let me telephone her mother for the address, she moves about so.',
      ),
      waits('priya', 3),
    ],
  },
  {
    customer: 'layla',
    subject: 'موعد التوصيل إلى بيروت',
    department: 'Orders',
    startedAgo: days(2.2),
    lines: [
      asks(
        'مرحبًا، طلبت إناء «ألدر» قياس ٣٠ مع نبتة الزنبق قبل أسبوع (رقم الطلب FH-20790). هل يمكنكم إخباري متى يصل إلى بيروت؟ صفحة التتبّع لم تتغيّر منذ يوم الثلاثاء.',
      ),
      takes('tomasz', 48),
      answers(
        'tomasz',
        12,
        'مرحبًا ليلى، شكرًا لصبرك. الطرد وصل إلى مطار بيروت يوم الأربعاء وهو الآن عند الجمارك، وهذا عادةً يستغرق يومين إلى ثلاثة أيام. سأتابع الأمر بنفسي وأخبرك فور خروجه.',
      ),
      says(26, 'شكرًا جزيلًا. هل عليّ أن أدفع رسومًا عند الاستلام؟'),
      answers(
        'tomasz',
        9,
        'لا، الرسوم مدفوعة من جهتنا. إن طلب منك المندوب أي مبلغ فأرسلي لي صورة الإيصال من فضلك.',
      ),
      waits('tomasz'),
    ],
  },
  {
    customer: 'amara',
    subject: 'Moving house, order on its way',
    department: 'Orders',
    startedAgo: days(1.8),
    lines: [
      asks(
        'Slightly stressed: we got the keys a week early!! Is it too late to change the address on FH-20840?',
      ),
      takes('tomasz', 7),
      answers(
        'tomasz',
        2,
        'Congratulations on the keys! It left this morning, but I can ask the depot to redirect it. What is the new address?',
      ),
      says(
        3,
        '14 Wellington Terrace, Sundays Well, T23 K8P4. Gate on the left, the bell does not work yet so please knock.',
      ),
      answers(
        'tomasz',
        22,
        'The depot took it. It adds a day, so Tuesday between 10 and 14 h, and the driver has the note about the bell.',
      ),
      says(4, 'You legend. Thank you'),
      waits('tomasz', 2),
      notes(
        'tomasz',
        hours(4),
        'Keep pending until the scan on Tuesday. Last two redirects in Cork went to the old address all the same.',
      ),
    ],
  },
  {
    customer: 'siobhan',
    subject: 'Wheel class voucher ran out',
    department: 'Support',
    startedAgo: days(2.9),
    lines: [
      asks(
        'I found a voucher for a wheel class in a coat pocket, WHL-5H2-QX9. It ran out seven weeks ago. I know, I know. Is it completely dead?',
      ),
      takes('ines', 18),
      answers(
        'ines',
        3,
        "Coat pockets are where ours go too. I've put it back to life for another three months. It works at checkout as it is, same code.",
      ),
      says(44, "Ah you're very good. I'll book tonight when I have the diary"),
      waits('ines', 2),
    ],
  },
  {
    customer: 'islander',
    subject: 'Do you ship to the Aran Islands',
    department: 'Orders',
    startedAgo: hours(21),
    lines: [
      asks('do you ship to inis mór? checkout says “no method available”'),
      answers(
        'tomasz',
        33,
        'We do, by the ferry on Tuesdays and Fridays. The checkout needs the Eircode: it should start with H91. If yours is new and not on the list, send it to me and I add it.',
      ),
      waits('tomasz'),
    ],
  },
  {
    customer: 'devika',
    subject: 'Little flies in the soil',
    department: 'Support',
    startedAgo: days(3.3),
    lines: [
      asks(
        'There are tiny black flies around the peace lily since about a week. I HATE them. is it the soil you use?',
      ),
      takes('priya', 41),
      answers(
        'priya',
        4,
        "Fungus gnats. They may have come with our compost or from a window, it's hard to say, but the cure is the same: let the top 3 cm dry out completely, and stand it in water from below instead of pouring. Yellow sticky cards catch the adults; I'm posting you a pack today.",
      ),
      says(12, 'thank you! how long until they are gone?'),
      answers(
        'priya',
        6,
        'Two to three weeks, because the eggs already laid still have to hatch into dry soil. If you see any after that, write here and we swap the plant.',
      ),
      waits('priya', 1),
    ],
  },
  {
    customer: 'theo',
    subject: 'Wrong colour in the box',
    department: 'Orders',
    startedAgo: days(1.2),
    lines: [
      asks(
        'Hello, I ordered the Rill watering can in copper, I have received the steel one. It is pretty too but my kitchen is all copper.',
      ),
      takes('tomasz', 20),
      answers(
        'tomasz',
        3,
        'Hello Théo, that is our slip: both boxes look alike and the sticker was wrong. A copper Rill leaves today. Please keep the steel one until the courier brings it, he will take the old one back in the same carton.',
      ),
      says(hours(2), 'Perfect. Do I have to print something?'),
      answers('tomasz', 14, 'No, the driver has the label.'),
      waits('tomasz', 1),
      says(
        hours(19),
        'The courier came but he refused to take the can, he said there was no pickup in his list??',
      ),
    ],
  },
  {
    customer: 'hanne',
    subject: 'Farn-Abo pausieren',
    department: 'Support',
    startedAgo: days(4.1),
    lines: [
      asks(
        'Hallo zusammen, kann ich das Farn-Abo für zwei Monate aussetzen? Ich bin ab nächster Woche in Lissabon und niemand kann gießen.',
      ),
      takes('ines', 29),
      answers(
        'ines',
        6,
        'Hallo Hanne, gern. Ich habe die nächsten zwei Lieferungen ausgesetzt; die dritte kommt wieder wie gewohnt. Wenn Sie früher zurück sind, genügt eine kurze Nachricht hier. Viel Freude in Lissabon, das ist meine Heimatstadt!',
      ),
      says(17, 'Wie schön! Haben Sie einen Tipp für Kacheln?'),
      answers(
        'ines',
        5,
        'Das Museu do Azulejo natürlich, und danach die kleine Werkstatt in der Rua do Alecrim.',
      ),
      says(3, 'Vielen lieben Dank, auch fürs Abo.'),
      resolves('ines', 4),
    ],
  },
  {
    customer: 'liam',
    subject: 'Saucer cracked in the post',
    department: 'Orders',
    startedAgo: days(3.6),
    lines: [
      asks('pot is fine saucer is in 3 pieces'),
      takes('tomasz', 15),
      answers(
        'tomasz',
        2,
        'Sorry about that, Liam. Which size? I send a saucer today, no need to return the pieces.',
      ),
      says(70, '18'),
      answers('tomasz', 11, 'On its way, FH7720 4401 9928 IE. Should be there Thursday.'),
      says(days(2), 'got it. sound'),
      resolves('tomasz', 20),
    ],
  },
  {
    customer: 'kwame',
    subject: 'Which plant survives next to an oven',
    department: 'Support',
    startedAgo: days(5.2),
    lines: [
      asks(
        "There's a ledge by the pass that gets about 40 degrees every evening and looks naked. Is there anything alive you'd put there?",
      ),
      takes('priya', 52),
      answers(
        'priya',
        8,
        'Honestly? A ZZ plant or a snake plant, nothing else we sell would thank you for it. Both store water in the root and don’t mind hot dry air. Two metres from the flame at least, and water it on the first of the month, nothing in between.',
      ),
      says(
        9,
        'On the first of the month, that even my lot can manage. Put three ZZ on the next delivery please.',
      ),
      moves('priya', 3, 'Orders'),
      hands('priya', 'tomasz', 0),
      notes('priya', 1, 'Three ZZ (17 cm) for his delivery on the 27th please. He pays on account.'),
      answers('tomasz', 35, 'Three ZZ added to the 27th, €66 at trade.'),
      resolves('tomasz', 1),
    ],
  },
  {
    customer: 'rosa',
    subject: 'Samples of the three glazes',
    department: 'Support',
    startedAgo: days(6.1),
    lines: [
      asks(
        'Hello! A client in Kifisia cannot decide between sand, moss and night. Do you have small tiles of the glazes that I can show her? Photos of glaze are never right.',
      ),
      takes('ines', 26),
      answers(
        'ines',
        4,
        'We do, 6 by 6 cm tiles with a hole to hang them. They are free for trade customers. All three, or the whole set of seven?',
      ),
      says(8, 'All seven then, I will use them again.'),
      answers('ines', 19, 'Packed. They go as a letter, so about five days to Athens.'),
      resolves('ines', 2),
      says(days(4.5), 'They arrived, they are beautiful. She chose night. Order will follow on Monday!'),
      answers(
        'ines',
        15,
        'Night is the one I have at home. Tell her it shows fingerprints until the first dusting, then never again.',
      ),
      resolves('ines', 1),
    ],
  },
  {
    customer: 'june',
    subject: 'I may have ordered twice',
    department: 'Orders',
    startedAgo: days(8.3),
    lines: [
      asks(
        'The page went round and round so I pressed the button again, and now I have two e-mails. I only need the one basket. I am so sorry to be a bother.',
      ),
      takes('tomasz', 13),
      answers(
        'tomasz',
        3,
        'No bother at all, June. I cancelled the second (FH-20602), and the hold on your card falls away by itself in a few days. The first one ships tomorrow.',
      ),
      says(22, 'What a relief. My daughter says I should have waited, but it did not say to wait.'),
      notes(
        'tomasz',
        6,
        'Third double order this month from that spinner. The button stays active while the bank answers. Passed to whoever does the shop’s code.',
      ),
      answers(
        'tomasz',
        2,
        'You were right to press, and I passed that on: it should say so. Enjoy the basket!',
      ),
      resolves('tomasz', 1),
    ],
  },
  {
    customer: 'mateo',
    subject: 'Discount code FERN10',
    department: 'Support',
    startedAgo: days(4.7),
    lines: [
      asks('Hi, FERN10 says “not valid for this basket”. I have two pots and a monstera, 94,50 €.'),
      answers(
        'priya',
        21,
        'Hi Mateo, FERN10 is for plants only, so the pots block it. If you take the pots out, pay the monstera with the code, then order the pots, I will refund the second delivery fee. Clumsy, I know.',
      ),
      says(5, 'Haha ok, done. FH-20733 and FH-20734.'),
      takes('priya', 2),
      answers('priya', 3, '€6.90 is on its way back to your card.'),
      resolves('priya'),
    ],
  },
  {
    customer: 'oskar',
    subject: 'Customs form for Sweden?',
    department: 'Orders',
    startedAgo: days(9.4),
    lines: [
      asks(
        'Is there any customs for a package from you to Uppsala? Last week I bought from England and had to pay 30 % extra.',
      ),
      answers(
        'tomasz',
        38,
        'None: we ship from Wicklow, so it stays inside the EU. What you see at checkout is what you pay.',
      ),
      says(6, 'Excellent, then I order the candle right now'),
      resolves('tomasz', 9),
    ],
  },
  {
    customer: 'yuki',
    subject: '日本への配送について',
    department: 'Orders',
    startedAgo: days(15.2),
    lines: [
      asks('こんにちは。京都への配送は可能ですか？植物は無理だと思いますが、陶器だけでもお願いしたいです。'),
      takes('tomasz', hours(6)),
      answers(
        'tomasz',
        20,
        'お問い合わせありがとうございます。陶器は日本へお送りできます。送料は14センチのポット1点で約24ユーロ、到着まで10日ほどです。植物は検疫のためお送りできません。',
      ),
      says(hours(9), 'ありがとうございます。それでは一点注文いたします。'),
      answers('tomasz', hours(5), 'ご注文を確認しました（FH-20511）。割れないよう二重の箱でお送りします。'),
      says(days(9), '本日、無事に届きました。とても美しい釉薬で感動しております。'),
      resolves('tomasz', hours(2)),
    ],
  },
  {
    customer: 'amara',
    subject: 'Fern is enormous now, repot?',
    department: 'Support',
    startedAgo: days(7.4),
    lines: [
      asks(
        "The Boston fern I got from you has tripled. It's in the Moss 18 still. Do I go to 24 or skip to 30?",
      ),
      takes('ines', 45),
      answers(
        'ines',
        2,
        'Lucky fern! Only one step up: 24. In a pot much too big the soil stays wet in the middle and the roots rot. Spring is the kindest time, but if roots come out of the hole already, do it now.',
      ),
      says(90, 'They do. A whole beard of them. 24 it is'),
      answers(
        'ines',
        4,
        'Then tease the beard apart a little with your fingers before you set it in. Care sheet with pictures: https://fernhill.example/care/repotting',
      ),
      resolves('ines', 3),
    ],
  },
  {
    customer: 'siobhan',
    subject: 'Compliment for whoever packs',
    department: 'Support',
    startedAgo: days(10.6),
    lines: [
      asks(
        'No problem to report for once. Just wanted to say the straw and paper nest is genius, not a speck of plastic and the pot couldn’t move a millimetre. Pass it on?',
      ),
      answers(
        'priya',
        25,
        'Printed and pinned over the packing bench. Declan read it out to the radio. Thank you, Siobhán!',
      ),
      resolves('priya', 1),
    ],
  },
  {
    customer: 'liam',
    subject: 'cancel order',
    department: 'Orders',
    startedAgo: days(11.1),
    lines: [
      asks('need to cancel 20566 girlfriend already bought the same one'),
      takes('tomasz', 6),
      answers('tomasz', 1, 'Cancelled, €38.00 goes back to your card within three days.'),
      says(2, 'quick. cheers'),
      resolves('tomasz', 4),
    ],
  },
  {
    customer: 'devika',
    subject: 'Is the ZZ plant safe for cats?',
    department: 'Support',
    startedAgo: days(6.6),
    lines: [
      asks('we adopted a kitten who eats EVERYTHING. is the zz plant a problem? it’s in the bedroom'),
      takes('ines', 12),
      answers(
        'ines',
        3,
        'It is mildly poisonous to cats, it irritates mouth and stomach. Please put it somewhere she cannot reach, a high shelf will do for about two more weeks of kitten. Safe ones from our range: Boston fern, calathea, spider plant.',
      ),
      says(4, 'oh no. ok moving it now'),
      says(hours(5), 'update: she was on the shelf within the hour'),
      answers(
        'ines',
        10,
        'Of course she was. We can swap it for a spider plant of the same size, bring it to any stockist with the order number FH-20588 or send it back at our cost.',
      ),
      says(7, 'swap please, thats so nice'),
      notes('ines', 13, 'Swap agreed with the Bristol stockist, they reuse the ZZ.'),
      answers('ines', 2, 'Done: Green & Wild expects you any day this week.'),
      resolves('ines', 1),
    ],
  },
  {
    customer: 'kwame',
    subject: 'Statement for last month',
    department: 'Orders',
    startedAgo: days(12.5),
    lines: [
      asks("Could I get last month's statement as a PDF? My inbox ate it."),
      answers(
        'tomasz',
        28,
        'Sent again to accounts@thelongtable.example. It is also under https://fernhill.example/trade/statements if the inbox is still hungry.',
      ),
      says(13, 'Got it, ta.'),
      resolves('tomasz', 2),
    ],
  },
  {
    customer: 'rosa',
    subject: 'Six Alder 30 for a lobby, timing',
    department: 'Orders',
    startedAgo: days(13.4),
    lines: [
      asks(
        'Dear team, for a hotel lobby in Chania I need 6 Alder 30 in moss, all in one pallet, at the site in ten days at the latest because the inauguration is two days after. Possible?',
      ),
      takes('tomasz', 31),
      notes(
        'tomasz',
        22,
        'Four on the shelf, two would need the Thursday firing. Tight but ok if nothing cracks.',
      ),
      answers(
        'tomasz',
        3,
        'Dear Rosa, four are ready, two come out of the kiln on Friday. If both are sound, the pallet leaves on Monday and is in Chania with two days to spare. I would fire a third as insurance.',
      ),
      says(18, 'Please do. And wrap the feet, the floor there is marble and the porter is my cousin.'),
      answers('tomasz', 7, 'Felt under every foot, for the marble and the cousin.'),
      waits('tomasz'),
      says(days(4.3), 'Did they survive the kiln?'),
      answers(
        'tomasz',
        24,
        'All three. You get the best two. Pallet number 5520-GR-118, here is the carrier’s page: https://track.example/5520-GR-118',
      ),
      says(
        days(4),
        'They are standing. I send a photo by mail. The owner touched each one, I think this is good',
      ),
      answers('tomasz', 16, 'It is the best review we had this month. The photo goes on the workshop wall.'),
      resolves('tomasz', 2),
    ],
  },
  {
    customer: 'parent',
    subject: 'Opening hours of the workshop',
    department: 'Support',
    startedAgo: days(2.6),
    lines: [
      asks('are you open on saturday? want to drive down with the kids'),
      answers(
        'ines',
        8,
        'Ten to four, and there is a corner with clay scraps for small hands. Parking is behind the barn.',
      ),
      says(3, 'brilliant see you then'),
      resolves('ines', 2),
    ],
  },
  {
    customer: 'theo',
    subject: 'White crust on the terracotta',
    department: 'Support',
    startedAgo: days(14.2),
    lines: [
      asks(
        'On my three pots a white powder is coming out from the outside. Is it mould? I have a baby in the house so I ask.',
      ),
      takes('priya', 17),
      answers(
        'priya',
        5,
        "Good that you ask, and no, it isn't mould: those are minerals from hard tap water that travel through the clay. Harmless. Brush it off dry, or wipe with half vinegar, half water. With rain water it stays away.",
      ),
      says(33, 'Ah merci, I sleep better. Nantes water is like milk.'),
      resolves('priya', 6),
    ],
  },
  {
    customer: 'mateo',
    subject: 'Monstera with a torn leaf',
    department: 'Support',
    startedAgo: days(8.9),
    lines: [
      asks(
        'The monstera is here, very nice, but one leaf has a tear of 10 cm that is not one of the natural holes. Will it heal?',
      ),
      takes('ines', 23),
      answers(
        'ines',
        3,
        "A torn leaf doesn't close again, but it does no harm, and the next leaf will be larger anyway. I can give you €8 back for the blemish, or you return it. What do you prefer?",
      ),
      says(5, '8 euros and the plant. We already named it.'),
      answers('ines', 2, 'May I ask?'),
      says(1, 'Rafael (Nadal)'),
      answers('ines', 3, 'Refunded. Long live Rafael.'),
      resolves('ines'),
    ],
  },
  {
    customer: 'hanne',
    subject: 'Rechnung ohne Umsatzsteuer-ID',
    department: 'Orders',
    startedAgo: days(16.3),
    lines: [
      asks('Auf der Rechnung zu FH-20498 fehlt Ihre USt-IdNr., meine Buchhaltung nimmt sie so nicht an.'),
      answers(
        'tomasz',
        55,
        'Guten Tag Frau Dreyer, Sie haben recht, die Vorlage hatte sie seit dem Umzug nicht mehr. Die korrigierte Rechnung ist unterwegs an Ihre Adresse.',
      ),
      takes('tomasz', 1),
      says(hours(2), 'Ist angekommen, danke für die schnelle Hilfe.'),
      resolves('tomasz', 5),
    ],
  },
  {
    customer: 'amara',
    subject: 'Throw shed all over the sofa',
    department: 'Support',
    startedAgo: days(12.1),
    lines: [
      asks(
        'Love the linen throw, but there is fluff everywhere after one week. Is that normal or did I get a bad one?',
      ),
      takes('priya', 35),
      answers(
        'priya',
        3,
        'Normal for the first two washes, then it stops: the short fibres come loose. 30 degrees, no softener, and a dry towel in the drum helps to catch it.',
      ),
      says(days(2), 'One wash in and it is much better. Consider me convinced'),
      resolves('priya', 40),
    ],
  },
  {
    customer: 'june',
    subject: 'How to water the thing with the pearls',
    department: 'Support',
    startedAgo: days(17.4),
    lines: [
      asks(
        'My neighbor gave me a hanging plant from your shop that looks like a string of green peas. How often does it want a drink? I have drowned better plants than this.',
      ),
      takes('ines', hours(8)),
      answers(
        'ines',
        4,
        'That is a string of pearls, and it wants very little: every two weeks now, once the peas look slightly wrinkled. Think of each one as a small water tank. A bright window matters more than the can.',
      ),
      says(hours(4), 'I shall write it on the calendar and keep my hands off in between. Thank you dear.'),
      resolves('ines', hours(9)),
    ],
  },
  {
    customer: 'siobhan',
    subject: 'Photo of my pot from the class',
    department: 'Support',
    startedAgo: days(18.2),
    lines: [
      asks(
        'My pot from the Thursday class is hopefully through the bisque by now? It is the wonky one with an S underneath. Could somebody send a picture, the suspense is killing me',
      ),
      notes('priya', hours(2), 'There are three wonky ones with an S. Asked Brid.'),
      answers(
        'priya',
        19,
        'Found! It came through in one piece, wonk included. Glazing is the day after tomorrow: which colour did you mark on the sheet? The pencil rubbed off.',
      ),
      takes('priya', 1),
      says(11, 'Moss please. And a bit of night on the rim if that is not too cheeky'),
      answers('priya', 6, 'Not cheeky at all. Ready a week after that, we keep it on the shelf by the till.'),
      resolves('priya', 2),
    ],
  },
  {
    customer: 'kwame',
    subject: 'Delivery blocked the lane again',
    department: 'Orders',
    startedAgo: days(9.8),
    lines: [
      asks(
        'Your driver parked across the lane at 12:15, in the middle of lunch service, for twenty minutes. My neighbour has now complained to the council. Third time. This has to stop.',
      ),
      ranks('tomasz', 4, 'high'),
      takes('tomasz', 0),
      answers(
        'tomasz',
        3,
        'Kwame, I am sorry, three times is two too many. I am on the phone to the carrier now.',
      ),
      notes(
        'tomasz',
        37,
        'Carrier has a new driver on that round, old instructions never reached him. They put a fixed window 7:30–9:00 and "stop on Mill St., trolley" in the system. I asked for it in writing.',
      ),
      answers(
        'tomasz',
        4,
        'From now on: only between 7:30 and 9:00, the van stays on Mill Street and he brings it in by trolley. I have it in writing and I will ring him myself before the next one. Would it help if I wrote to your neighbour?',
      ),
      says(15, 'It would actually. She is called Mrs Dunne, no. 6.'),
      answers('tomasz', hours(5), 'Letter and a small fern went to Mrs Dunne.'),
      says(days(1.2), 'She came round with scones. I take back everything.'),
      resolves('tomasz', 18),
    ],
  },
  {
    customer: 'oskar',
    subject: 'Forgot my password',
    department: 'Support',
    startedAgo: days(7.9),
    lines: [
      asks('The reset mail does not arrive. Looked in the spam.'),
      answers(
        'ines',
        14,
        'I see two accounts, oskar.lindqvist@… and one with "lindquist" and a u. The reset went to the second. Shall I delete that one?',
      ),
      says(2, 'Ha. Yes, delete, that was autocorrect'),
      resolves('ines', 5),
    ],
  },
  {
    customer: 'layla',
    subject: 'تغيير لون الإناء قبل الشحن',
    department: 'Orders',
    startedAgo: days(10.3),
    lines: [
      asks('هل يمكن تغيير لون الإناء من الرملي إلى الأخضر قبل الشحن؟ اخترت اللون بالخطأ.'),
      takes('tomasz', hours(1.4)),
      answers('tomasz', 5, 'بكل سرور، غيّرته إلى الأخضر ولا فرق في السعر. يُشحن غدًا صباحًا.'),
      says(8, 'رائع، شكرًا لكم.'),
      resolves('tomasz', 3),
    ],
  },
  {
    customer: 'devika',
    subject: 'Newsletter three times a day',
    department: 'Support',
    startedAgo: days(5.8),
    lines: [
      asks('I got the same newsletter 3 times today. I clicked unsubscribe each time and I’m still on it?!'),
      takes('priya', 11),
      notes(
        'priya',
        9,
        'She is on the list under three spellings of the same address, with dots. Merged them and took her off.',
      ),
      answers(
        'priya',
        2,
        'You were on it under three spellings of your address, all imported from the sheet at the market stall. All three are off now, and I am sorry about the noise.',
      ),
      says(20, 'okay thanks for actually looking'),
      resolves('priya', 2),
    ],
  },
  {
    customer: 'theo',
    subject: 'Spare rose for the watering can',
    department: 'Orders',
    startedAgo: days(19.3),
    lines: [
      asks('I lost the rose (the head with holes) of my Rill. Can I buy only this part?'),
      answers(
        'tomasz',
        hours(1),
        'You can: part RL-07, €6.50, at https://fernhill.example/parts/rl-07. It fits every Rill since 2019; for an older one look for a letter under the handle and tell me.',
      ),
      says(hours(3), 'No letter, so it fits. Ordered, merci'),
      resolves('tomasz', 15),
    ],
  },
  {
    customer: 'rosa',
    subject: 'Is the night glaze food safe?',
    department: 'Support',
    startedAgo: days(18.8),
    lines: [
      asks('A client would like to serve olives in the small Moss in night. Allowed?'),
      takes('ines', 42),
      notes(
        'ines',
        25,
        'Brid: night has manganese, tested for contact but only on the oval plate line. Pots are not tested, so no.',
      ),
      answers(
        'ines',
        3,
        'We would rather she did not: the pots are not tested for food. The oval plate comes in the same night and is certified, I attach the number: LFGB 2291-7. Same kiln, same colour.',
      ),
      says(6, 'The plate then. Four please, on the open order.'),
      moves('ines', 2, 'Orders'),
      hands('ines', 'tomasz', 0),
      answers('tomasz', 50, 'Four oval plates added to order FH-20460.'),
      resolves('tomasz', 1),
    ],
  },
  {
    customer: 'liam',
    subject: 'Charged but no confirmation',
    department: 'Orders',
    startedAgo: days(1.6),
    lines: [
      asks('card was charged 61.40 but i never got a mail or order number'),
      takes('tomasz', 16),
      answers(
        'tomasz',
        8,
        'I found the payment: it belongs to FH-20852, and the mail bounced because the address ends in “.con”. The order itself is fine. What should the address be?',
      ),
      says(3, 'lol. .net'),
      answers('tomasz', 2, 'Corrected and sent again.'),
      says(5, 'have it'),
      resolves('tomasz', 1),
    ],
  },
  {
    customer: 'hanne',
    subject: 'Übertopf passt nicht',
    department: 'Orders',
    startedAgo: days(11.7),
    lines: [
      asks(
        'Der Moss 18 ist innen nur 16,5 cm breit, mein Kulturtopf hat 17. Auf der Seite steht „passend für 17 cm“.',
      ),
      takes('tomasz', 37),
      notes('tomasz', 16, 'She is right, the page has the outer size. Measured five: 16.4 to 16.8.'),
      answers(
        'tomasz',
        5,
        'Sie haben recht, die Angabe auf der Seite war falsch und ist jetzt berichtigt. Ich tausche gegen den 20er, ohne Aufpreis, und der Paketdienst nimmt den alten gleich mit. Wäre Freitag recht?',
      ),
      says(25, 'Freitag passt, ab 15 Uhr bin ich da.'),
      waits('tomasz', 3),
      says(days(4), 'Der neue ist da und sitzt. Alles gut!'),
      resolves('tomasz', 31),
    ],
  },
  {
    customer: 'yuki',
    subject: 'ギフト包装はできますか',
    department: 'Support',
    startedAgo: days(3.1),
    lines: [
      asks('友人への贈り物として追加で注文したいのですが、ギフト包装はお願いできますか。'),
      takes('ines', hours(4)),
      answers(
        'ines',
        8,
        'もちろんです。亜麻布の風呂敷風の包みを4ユーロでご用意しております。カードもお付けできますので、文面をお知らせください。',
      ),
      waits('ines'),
    ],
  },
  {
    customer: 'kumquat',
    subject: 'Do you still have the kumquats?',
    department: 'Orders',
    startedAgo: days(5.5),
    lines: [
      asks('do you still do the little kumquat trees, like the one in the window last year'),
      answers(
        'tomasz',
        19,
        'Yes, six of them arrive on the 28th: 80 to 100 cm, in an Alder 30, €74. Pick up only, they do not like vans.',
      ),
      says(1, 'can i reserve'),
      answers('tomasz', 2, 'A name and a phone number is enough, we hold one for two weeks.'),
      waits('tomasz', 1),
    ],
  },
  {
    customer: 'amara',
    subject: 'Friend’s referral did not count',
    department: 'Support',
    startedAgo: days(16.9),
    lines: [
      asks(
        'My friend Chidi used my link and got his 5 euro off, but I did not get mine. Not the end of the world, just wondering',
      ),
      takes('priya', 50),
      answers(
        'priya',
        4,
        'It counts once his fourteen days of return are over, which is on Thursday. It will then sit in your account by itself.',
      ),
      says(3, 'Ah, that makes sense. Maybe say so on the page?'),
      answers('priya', 9, 'It does now, under the link. Good point.'),
      resolves('priya', 1),
    ],
  },
  {
    customer: 'mateo',
    subject: 'Refund still missing',
    department: 'Orders',
    startedAgo: days(13.9),
    lines: [
      asks(
        'The lamp went back three weeks ago and I see no refund. The tracking says you have it since ten days.',
      ),
      says(hours(26), 'Hello? I write a second time. It is 129 euros, for me this is not small.'),
      ranks('tomasz', 22, 'urgent'),
      takes('tomasz', 0),
      answers(
        'tomasz',
        4,
        'Mateo, I am sorry: you should have heard from me yesterday. The parcel was booked in without an order number and sat on the wrong shelf. I have released the €129 now, together with the postage you paid.',
      ),
      notes(
        'tomasz',
        3,
        'Label was the old template without barcode. Same thing will happen with every label printed before the move.',
      ),
      says(hours(2), 'OK. Thank you for saying what happened.'),
      waits('tomasz', 2),
      says(days(3), 'The money is here. All good, you have my friendship again'),
      resolves('tomasz', 14),
    ],
  },
  {
    customer: 'layla',
    subject: 'عناية بنبتة الزنبق',
    department: 'Support',
    startedAgo: days(17.8),
    lines: [
      asks('أوراق الزنبق تتدلّى بعد الظهر ثم تعود صباحًا. هل هذا طبيعي في بيت دافئ؟'),
      takes('ines', hours(3)),
      answers('ines', 6, 'طبيعي تمامًا يا ليلى، إنها تقول إنها عطشى. اسقيها عند أول تدلٍّ وأبعديها عن المكيّف.'),
      says(14, 'أبعدتها مترًا واحدًا وتحسّنت من اليوم نفسه. شكرًا!'),
      resolves('ines', 20),
    ],
  },
  {
    customer: 'june',
    subject: 'Which box did the plant food go in',
    department: 'Orders',
    startedAgo: days(20.1),
    lines: [
      asks('There were two boxes and the plant food is in neither. It says on the slip that it is packed.'),
      answers(
        'tomasz',
        hours(7),
        'Could you look inside the basket, under the cardboard ring? We tuck the bottle there so that it stands upright.',
      ),
      says(hours(3), 'Well I never. There it was.'),
      resolves('tomasz', hours(10)),
    ],
  },
  {
    customer: 'siobhan',
    subject: 'Can I bring the dog to the shop',
    department: 'Support',
    startedAgo: days(13.2),
    lines: [
      asks('Random one. Are dogs allowed in the shop? He is large but philosophical.'),
      answers(
        'ines',
        6,
        'Philosophical dogs are welcome everywhere except the drying room, where the tails are at shelf height.',
      ),
      says(2, 'Understood, we shall contemplate in the yard'),
      resolves('ines', 1),
    ],
  },
  {
    customer: 'kwame',
    subject: 'Can we put our name on the pots',
    department: 'Support',
    startedAgo: days(2.4),
    lines: [
      asks(
        'Follow-up thought about the table pots: could you press our logo into the base, or the side? Nothing loud.',
      ),
      takes('priya', 27),
      answers(
        'priya',
        6,
        "We can press a stamp into the side while the clay is soft. The brass die costs €85 once and it's yours for every later order. We need the logo as an SVG, one colour, no lines thinner than 0.6 mm.",
      ),
      says(hours(4), 'Like the sound of that. Our designer is away until Wednesday, will send it then.'),
      waits('priya', 4),
    ],
  },
  {
    customer: 'oskar',
    subject: 'Lid of the oil burner chipped',
    department: 'Orders',
    startedAgo: days(4.4),
    lines: [
      asks(
        'The lid has a chip the size of a fingernail, inside edge. I can live with it but it is a present.',
      ),
      takes('tomasz', 24),
      answers(
        'tomasz',
        6,
        'Then nobody should have to live with it. Only the lid or the whole burner? They are fired as a pair, the colours match better as a pair.',
      ),
      says(10, 'The pair then, thank you, that is generous'),
      answers('tomasz', 4, 'Leaves tomorrow, with a paper bag of beeswax melts for the trouble.'),
      says(days(3), 'Present was given, present was loved.'),
      resolves('tomasz', 26),
    ],
  },
  {
    customer: 'devika',
    subject: 'Can the courier ring first?',
    department: 'Orders',
    startedAgo: days(15.8),
    lines: [
      asks(
        'last parcel was left with a neighbour I’ve never met 😅 can they call me before? number is in my account',
      ),
      answers(
        'tomasz',
        44,
        'I put “ring 10 minutes before, do not leave with neighbours” on your account. It prints on each label from now on.',
      ),
      says(6, 'amazing'),
      resolves('tomasz', 1),
    ],
  },
  {
    customer: 'theo',
    subject: 'API error when I place a trade order',
    department: 'Support',
    startedAgo: days(6.9),
    lines: [
      asks(
        'Hello, our little shop system sends orders to your trade endpoint. Since Monday it answers:\n\nHTTP 422\n{"error":"unknown_sku","sku":"ALD-30-MOS"}\n\nThis SKU worked all the year.',
      ),
      takes('ines', 39),
      notes(
        'ines',
        30,
        'SKUs got a dash for the year in the new catalogue: ALD-30-MOS became ALD-30-MOS-26. Old ones should redirect and do not. Reported, fix promised for tonight.',
      ),
      answers(
        'ines',
        5,
        'Hello Théo, the new catalogue renamed it to ALD-30-MOS-26 and the old name should have kept working. It will again from tomorrow morning; if you need it today, use the new one.',
      ),
      says(12, 'I wait until tomorrow, no stress.'),
      waits('ines', 1),
      says(days(1), 'Works: 201 Created, order FH-20744. Merci!'),
      resolves('ines', 8),
    ],
  },
  {
    customer: 'rosa',
    subject: 'Pallet lift at the hotel',
    department: 'Orders',
    startedAgo: days(8.1),
    lines: [
      asks(
        'The porter says there is no lift for pallets at the back, only a ramp. Does the driver have a hand truck?',
      ),
      answers('tomasz', 30, 'He does, and he has carried an Alder 30 up a ramp before. Each weighs 19 kg.'),
      says(14, 'Good. My cousin breathes out'),
      resolves('tomasz', 3),
    ],
  },
];
