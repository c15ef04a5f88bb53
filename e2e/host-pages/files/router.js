/** As most routers do it: the address changes, and the body is another one. */
window.go = (path) => {
  history.pushState({}, '', path);
  const body = document.createElement('body');
  body.innerHTML = `<h1>${path}</h1><p><a href="#" data-parley-open><b>Ask about this page</b></a></p>`;
  document.body.replaceWith(body);
};
/** As the thorough ones do it: everything below the root is another one. */
window.morph = (path) => {
  history.pushState({}, '', path);
  const next = new DOMParser().parseFromString(
    `<title>${path}</title><h1>${path}</h1><p><a href="#" data-parley-open>Ask about this page</a></p>`,
    'text/html',
  );
  document.documentElement.replaceChildren(document.adoptNode(next.head), document.adoptNode(next.body));
};
