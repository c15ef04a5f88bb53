export type Product = {
  name: string;
  detail: string;
  price: string;
  left: number;
  /** The outline of the pot in a box of 200 × 200, standing on y = 176. */
  outline: string;
  tone: 'clay' | 'moss' | 'sand' | 'slate' | 'chalk' | 'rust';
  plant: 'fern' | 'olive' | 'cactus' | 'grass' | 'none';
};

export const products: readonly [Product, ...Product[]] = [
  {
    name: 'Alder, 24 cm',
    detail: 'Terracotta, straight and heavy. For a fern that has outgrown the sill.',
    price: '€38',
    left: 12,
    outline: 'M56 104h88l-9 66a7 7 0 0 1-7 6H72a7 7 0 0 1-7-6Z',
    tone: 'clay',
    plant: 'fern',
  },
  {
    name: 'Moss, 16 cm',
    detail: 'Washed green, round in the hand. Happy in a bathroom.',
    price: '€26',
    left: 3,
    outline: 'M62 118c0-9 4-14 8-14h60c4 0 8 5 8 14 0 34-12 58-38 58s-38-24-38-58Z',
    tone: 'moss',
    plant: 'grass',
  },
  {
    name: 'Dune, 18 cm',
    detail: 'Sand-coloured, with a lip wide enough to lift it by.',
    price: '€29',
    left: 8,
    outline:
      'M52 108a6 6 0 0 1 6-6h84a6 6 0 0 1 6 6v6a6 6 0 0 1-6 6h-4l-6 50a7 7 0 0 1-7 6H75a7 7 0 0 1-7-6l-6-50h-4a6 6 0 0 1-6-6Z',
    tone: 'sand',
    plant: 'cactus',
  },
  {
    name: 'Slate, 30 cm',
    detail: 'Nearly black, for the tree by the door. Weighs nine kilos; we carry it in.',
    price: '€84',
    left: 2,
    outline: 'M50 96h100l-4 74a7 7 0 0 1-7 6H61a7 7 0 0 1-7-6Z',
    tone: 'slate',
    plant: 'olive',
  },
  {
    name: 'Chalk saucer set',
    detail: 'Three saucers that hold water back from the table. 12, 16 and 20 cm.',
    price: '€18',
    left: 20,
    outline: 'M40 150h120l-8 20a9 9 0 0 1-8 6H56a9 9 0 0 1-8-6Zm14-20h92l-5 16H59Zm14-18h64l-4 14H72Z',
    tone: 'chalk',
    plant: 'none',
  },
  {
    name: 'Ember, 14 cm',
    detail: 'Salt-fired, no two alike. The next kiln opens on the first Friday.',
    price: '€32',
    left: 0,
    outline: 'M70 106h60c10 14 14 26 14 38 0 20-18 32-44 32s-44-12-44-32c0-12 4-24 14-38Z',
    tone: 'rust',
    plant: 'grass',
  },
];

/** A pot with what grows in it, drawn; the product's words stand beside it. */
export function Shape({ product, isLarge = false }: { product: Product; isLarge?: boolean }) {
  return (
    <svg
      viewBox="0 0 200 200"
      className={`shape ${product.tone}${isLarge ? ' large' : ''}`}
      aria-hidden="true"
    >
      <ellipse cx="100" cy="177" rx="62" ry="7" className="ground" />
      <Plant kind={product.plant} />
      <path d={product.outline} className="pot" />
      <path d={product.outline} className="shade" clipPath="inset(0 0 0 55%)" />
    </svg>
  );
}

function Plant({ kind }: { kind: Product['plant'] }) {
  switch (kind) {
    case 'fern':
      return (
        <g className="leaf">
          <path d="M100 106C98 72 86 44 62 30c4 30 14 56 38 76Z" />
          <path d="M100 106c2-34 14-62 38-76-4 30-14 56-38 76Z" />
          <path d="M100 106C92 84 70 66 38 64c12 24 34 38 62 42Z" />
          <path d="M100 106c8-22 30-40 62-42-12 24-34 38-62 42Z" />
          <path d="M100 106c-8-30-6-60 0-84 6 24 8 54 0 84Z" />
        </g>
      );
    case 'olive':
      return (
        <g className="leaf">
          <path d="M97 98V40h6v58Z" className="stem" />
          <path d="M100 62c-18 0-28-8-34-20 16-2 28 4 34 20Zm0-12c18 0 28-8 34-20-16-2-28 4-34 20Zm0 30c-14 2-24-2-32-12 14-4 26 0 32 12Zm0-4c14 2 24-2 32-12-14-4-26 0-32 12Zm0-34c-8-8-8-20 0-30 8 10 8 22 0 30Z" />
        </g>
      );
    case 'cactus':
      return (
        <g className="leaf">
          <path d="M84 104V62a16 16 0 0 1 32 0v42Z" />
          <path d="M116 88h10a10 10 0 0 0 10-10V66a6 6 0 0 0-12 0v8h-8ZM84 82H74a10 10 0 0 1-10-10v-6a6 6 0 0 1 12 0v4h8Z" />
        </g>
      );
    case 'grass':
      return (
        <g className="leaf">
          <path d="M92 106C88 80 78 62 64 50c20 6 34 26 36 56Zm8 0c-2-32 2-56 12-74 2 24 0 50-4 74Zm6 0c2-24 12-42 32-50-14 12-20 28-22 50Zm-16 0c-6-14-16-22-32-24 18-4 34 4 40 24Zm24 0c4-12 14-18 28-18-12 4-18 10-20 18Z" />
        </g>
      );
    case 'none':
      return null;
  }
}
