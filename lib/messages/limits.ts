/** In UTF-16 units, as browsers count `maxLength`. Apart from the schemas, so that the widget's frame need not load them. */
export const textCharsMax = 10_000;
