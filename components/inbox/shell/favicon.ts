const size = 32;
const shownMax = 9;

/** Draws a count onto the page's own icon; zero gives the icon back. */
export function showFaviconCount(count: number): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel~="icon"]');
  if (link === null) return;
  const plain = link.dataset.plain ?? link.href;
  link.dataset.plain = plain;
  link.dataset.count = String(count);
  if (count === 0) {
    link.href = plain;
    return;
  }
  const image = new Image();
  image.onload = () => {
    // Another count was asked for while the icon was being read.
    if (link.dataset.count !== String(count)) return;
    link.href = drawnOver(image, count) ?? plain;
  };
  image.src = plain;
}

function drawnOver(image: HTMLImageElement, count: number): string | null {
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.drawImage(image, 0, 0, size, size);
  pen.fillStyle = '#d92d20';
  pen.beginPath();
  pen.arc(size - 10, 10, 10, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.font = 'bold 15px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(count > shownMax ? `${shownMax}+` : String(count), size - 10, 11, 18);
  return canvas.toDataURL('image/png');
}
