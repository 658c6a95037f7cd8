import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { findProgram, unprivileged } from "@tintype/dev"
import { type Contender, type Stage, startProxy } from "./contender.ts"

const NGINX = {
  name: "nginx",
  commands: ["nginx"],
  package: "nginx",
  path: "usr/sbin/nginx",
  install: "apt-get install nginx",
}

/** One worker, connections kept, all else as nginx has it; a small cache, and the photos from their folder. */
const configuration = (port: number, dir: string, { upstreams, site, tls }: Stage, accessLog: string) => `
daemon off;
pid ${dir}/pid;
error_log stderr crit;
worker_processes 1;
events { worker_connections 4096; }
http {
  access_log ${accessLog};
  default_type application/octet-stream;
  types { image/jpeg jpg; image/avif avif; }
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  proxy_cache_path ${dir}/cache keys_zone=answers:10m;
  upstream api {
    ${upstreams.map((each) => `server ${each};`).join("\n    ")}
    keepalive 128;
    keepalive_requests 1000000;
  }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Request-Id $request_id;
  server {
    listen 127.0.0.1:${port}${tls ? " ssl" : ""};
    ${tls ? `ssl_certificate ${site.certificate.cert}; ssl_certificate_key ${site.certificate.key};` : ""}
    location / { proxy_pass http://api; }
    location /api/v1/cached { proxy_pass http://api; proxy_cache answers; }
    location /media/ {
      root ${site.blobDir};
      rewrite ^/media/[^/]+/[^/]+/(.*)$ /$1 break;
      add_header Cache-Control "public, max-age=31536000, immutable";
    }
  }
}
`

function nginx(name: string, accessLog: string): Contender {
  return {
    name,
    caches: true,
    files: true,
    async start(stage) {
      const { command, env } = await findProgram(NGINX)
      const dir = join(stage.site.dir, "nginx")
      mkdirSync(dir, { recursive: true })
      return startProxy(stage, (port) => {
        const file = join(dir, "nginx.conf")
        writeFileSync(file, configuration(port, dir, stage, accessLog))
        const launch = unprivileged(command, ["-p", dir, "-c", file, "-e", "stderr"], dir)
        return { ...launch, command: [launch.command, ...launch.args], env }
      })
    },
  }
}

export const NGINX_CONTENDERS = [nginx("nginx", "/dev/stdout"), nginx("nginx, no access log", "off")]
