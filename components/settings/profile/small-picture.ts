const side = 320;

/** The middle of a picture as a small JPEG, in base64; null for what the browser cannot draw. */
export async function smallPicture(file: Blob): Promise<string | null> {
  try {
    const whole = await createImageBitmap(file);
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const length = Math.min(whole.width, whole.height);
    const [left, top] = [(whole.width - length) / 2, (whole.height - length) / 2];
    const brush = canvas.getContext('2d');
    if (brush === null) return null;
    // A JPEG has no transparent points: they would be black.
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, side, side);
    brush.drawImage(whole, left, top, length, length, 0, 0, side, side);
    const [, encoded] = canvas.toDataURL('image/jpeg', 0.8).split(',');
    return encoded ?? null;
  } catch {
    return null;
  }
}
