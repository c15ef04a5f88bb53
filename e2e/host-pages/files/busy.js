// A page that has a lot to do while it loads, as pages of shops have. It spins by the clock, so that the page alone costs
// the same at every visit; whatever else runs in one of these tasks makes a long one longer.
{
  const spin = (forMs) => {
    const until = performance.now() + forMs;
    while (performance.now() < until);
  };
  spin(60);
  for (const [type, forMs] of [
    ['DOMContentLoaded', 70],
    ['load', 60],
    ['pageshow', 30],
  ]) {
    addEventListener(type, () => spin(forMs));
  }
  addEventListener('load', () => {
    for (let turn = 0; turn < 4; turn++) setTimeout(spin, turn * 40, 55);
  });
}
