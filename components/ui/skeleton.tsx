/** A grey bar where a line of text will be. */
export function SkeletonLine({ width, height = 12 }: { width: string; height?: number }) {
  return <span aria-hidden="true" className="block rounded-tail bg-bg-hover" style={{ width, height }} />;
}
