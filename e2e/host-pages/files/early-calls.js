window.heard = [];
Parley('on', 'ready', () => heard.push('ready'));
Parley('on', 'open', () => heard.push('open'));
Parley('open').then(() => heard.push('answered'));
