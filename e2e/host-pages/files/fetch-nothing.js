// An interceptor that forgot to answer.
window.fetch = () => undefined;
