// What pages were ever seen doing to the globals, all of it at once and before the chat arrives.
const broken = (name) => () => {
  throw new Error(`${name} is the page’s own`);
};
for (const name of Object.getOwnPropertyNames(Array.prototype)) {
  // The language itself needs the iterators; a page without them would not run at all.
  if (name === 'constructor' || name === 'values' || name === 'length') continue;
  if (typeof Array.prototype[name] === 'function') Array.prototype[name] = broken(`Array.prototype.${name}`);
}
// As the libraries of 2008 did it: seen by every `for … in`, and by JSON.
Array.prototype.toJSON = () => 'an array';
Array.prototype.each = broken('Array.prototype.each');
Object.prototype.inherited = 'of every object';
String.prototype.toJSON = () => 'a string';

window.fetch = broken('fetch');
window.Promise = class OldPromise {
  // biome-ignore lint/suspicious/noThenProperty: it pretends to be a promise
  then() {
    return this;
  }
  catch() {
    return this;
  }
};
window.onmessage = () => {
  throw new Error('every message is the page’s own');
};
window.name = '{"parley":"hello"}';
window.parley = window.frame = window.root = window.look = 'taken';
