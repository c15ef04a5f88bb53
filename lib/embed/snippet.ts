/** The one tag that puts the widget on a page. `origin` is where Parley answers, without a path. */
export function scriptTag(origin: string, widgetKey: string): string {
  return `<script async src="${escapeAttribute(origin)}/widget.js" data-widget="${escapeAttribute(widgetKey)}"></script>`;
}

/** Optional, before the tag: lets a page call `Parley(…)` before widget.js has arrived; each call is answered later. */
export const queueStub =
  'window.Parley??=function(...a){const p=new Promise(r=>(window.Parley.q??=[]).push([a,r]));p.catch(()=>{});return p}';

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
