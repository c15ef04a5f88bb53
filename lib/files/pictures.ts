import type { Sharp, SharpOptions } from 'sharp';

/** More than any camera takes; unpacked it is 200 MB. */
const pixelsMax = 50_000_000;
const secondsMax = 10;
/** The longest side of a thumbnail: sharp in a bubble on a screen of twice the density. */
const sideMax = 640;
/** Of a portrait: sharp at 40 px on a screen of four times the density. */
const portraitSide = 160;
const input: SharpOptions = { limitInputPixels: pixelsMax, pages: 1, sequentialRead: true, failOn: 'error' };

type Library = (source: string | Uint8Array, options: SharpOptions) => Sharp;
let library: Promise<Library> | null = null;

/** Loaded with the first picture, and then it reads nothing but what people may send. */
function pictureLibrary(): Promise<Library> {
  library ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: [
        'VipsForeignLoadJpegFile',
        'VipsForeignLoadPngFile',
        'VipsForeignLoadWebpFile',
        'VipsForeignLoadNsgifFile',
        'VipsForeignLoadHeifFile',
        'VipsForeignLoadJpegBuffer',
        'VipsForeignLoadPngBuffer',
        'VipsForeignLoadWebpBuffer',
      ],
    });
    return sharp;
  });
  return library;
}

/** Width and height as it is shown, from its header alone; null for what is no picture, or too large to be drawn. */
export async function measurePicture(path: string): Promise<{ width: number; height: number } | null> {
  const sharp = await pictureLibrary();
  try {
    const { autoOrient } = await sharp(path, input).metadata();
    const { width, height } = autoOrient;
    return width > 0 && height > 0 && width * height <= pixelsMax ? { width, height } : null;
  } catch {
    return null;
  }
}

/**
 * A small WebP of the picture, made of its pixels and of nothing else that is in the file: no place, no profile, no second
 * format behind the first. Null when it cannot be drawn within the limits of pixels and time.
 */
export async function drawThumbnail(path: string): Promise<Uint8Array | null> {
  const sharp = await pictureLibrary();
  try {
    return await sharp(path, input)
      .autoOrient()
      .resize({ width: sideMax, height: sideMax, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 3 })
      .timeout({ seconds: secondsMax })
      .toBuffer();
  } catch {
    return null;
  }
}

/** A face as a small square WebP, made of its pixels and of nothing else; null for what cannot be drawn. */
export async function drawPortrait(picture: Uint8Array): Promise<Uint8Array | null> {
  const sharp = await pictureLibrary();
  try {
    return await sharp(picture, input)
      .autoOrient()
      .resize({ width: portraitSide, height: portraitSide, fit: 'cover' })
      .webp({ quality: 80, effort: 3 })
      .timeout({ seconds: secondsMax })
      .toBuffer();
  } catch {
    return null;
  }
}
