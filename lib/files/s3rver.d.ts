/** The S3 server of the tests, which brings no types of its own. */
declare module '@20minutes/s3rver' {
  import type { Server } from 'node:http';

  class S3rver {
    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      directory: string;
      configureBuckets: { name: string; configs: string[] }[];
    });
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
    readonly httpServer: Server;
  }

  // biome-ignore lint/style/noDefaultExport: that is how it exports itself.
  export { S3rver as default };
}
