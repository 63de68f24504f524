/** nchan, a module of nginx for publishing and subscribing: one worker, rows published by POST. */
import { existsSync, readFileSync } from "node:fs";

import { Scratch } from "../../tests/support/scratch.ts";
import { until } from "../../tests/support/until.ts";
import { freePort, MissingPeer, type Peer } from "./peer.ts";

/** Where Debian puts the module. */
const MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so";

const config = (directory: string, port: number): string => `
load_module ${MODULE};
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile 20000;
events { worker_connections 19000; multi_accept on; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 100000000;
  nchan_shared_memory_size 256m;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish {
      nchan_publisher;
      nchan_channel_id events;
      nchan_message_buffer_length 20000;
    }
    location = /subscribe {
      nchan_subscriber eventsource;
      nchan_channel_id events;
      nchan_subscriber_first_message newest;
    }
  }
}
`;

export async function startNchan(): Promise<Peer | MissingPeer> {
  const nginx = Bun.which("nginx", { PATH: `${process.env["PATH"]}:/usr/sbin` });
  if (nginx === null || !existsSync(MODULE))
    return new MissingPeer("nchan", "not installed (apt-get install nginx libnginx-mod-nchan)");
  const scratch = new Scratch();
  const port = freePort();
  const file = scratch.path("nginx.conf");
  await Bun.write(file, config(scratch.directory, port));
  const child = Bun.spawn([nginx, "-c", file, "-e", "stderr", "-p", scratch.directory], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const workers = await until(() => childrenOf(child.pid), "nginx to start its worker");
  return {
    name: "nchan",
    port,
    path: "/subscribe",
    pids: [child.pid, ...workers],
    // nchan sets an id of its own.
    idPattern: '\ndata: {"id":',
    feed: `post:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
      scratch[Symbol.dispose]();
    },
  };
}

function childrenOf(pid: number): number[] | undefined {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? undefined : text.split(" ").map(Number);
}
