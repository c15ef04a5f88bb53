// An interceptor that puts its own header into every request, wherever it goes.
const own = window.fetch;
window.fetch = (to, options = {}) =>
  own(to, { ...options, headers: { ...options.headers, 'x-csrf-token': 'of the page' } });
