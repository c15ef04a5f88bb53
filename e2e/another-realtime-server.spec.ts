import { createServer } from 'node:http';
import { test as base, expect } from '@playwright/test';
import { createRealtimeServer } from '../lib/realtime/server/realtime-server.ts';
import { startTestApp } from '../scripts/test-app.ts';
import { agentOn, customerOn, moveIn } from './people.ts';

base(
  'with PUSHER_* set, another server that speaks the protocol carries the conversation',
  async ({ browser }) => {
    base.setTimeout(180_000);
    const apps = [{ id: '7', key: 'another-key', secret: 'another-secret', clientEvents: false }];
    const realtime = createRealtimeServer({ apps });
    const http = createServer((request, response) => {
      if (!realtime.handleRequest(request, response)) response.writeHead(404).end();
    });
    http.on('upgrade', (request, socket, head) => {
      if (!realtime.handleUpgrade(request, socket, head)) socket.destroy();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const app = await startTestApp({
      env: {
        PUSHER_APP_ID: '7',
        PUSHER_KEY: 'another-key',
        PUSHER_SECRET: 'another-secret',
        PUSHER_HOST: '127.0.0.1',
        PUSHER_PORT: String(port),
        PUSHER_TLS: 'false',
      },
    });
    const house = await moveIn(app, browser);
    try {
      const page = await browser.newPage();
      await page.goto(house.shop.url);
      const customer = customerOn(page);
      await customer.start();
      await customer.send('Carried by another server');

      const context = await browser.newContext({
        storageState: house.adminState,
        viewport: { width: 1440, height: 900 },
      });
      const agent = agentOn(await context.newPage());
      const sockets: string[] = [];
      agent.page.on('websocket', (socket) => sockets.push(socket.url()));
      await agent.page.goto(`${app.url}/inbox`);
      await agent.open('Carried by another server');
      await agent.reply.pressSequentially('Hel');
      await expect(customer.log.getByRole('status', { name: /is typing/ })).toBeVisible();
      await agent.send('Answered through it');
      await expect(customer.log).toContainText('Answered through it');
      expect(sockets.length).toBeGreaterThan(0);
      for (const url of sockets) expect(new URL(url).port).toBe(String(port));
      expect(realtime.stats().messagesSent).toBeGreaterThan(0);
      await context.close();
      await page.close();
    } finally {
      await house.shop.stop();
      await app.stop();
      await realtime.close();
      http.close();
    }
  },
);
