# The service as a hardened image (runtime) and the tools to work on it (dev). The image is laid out as the checkout is,
# with JavaScript for TypeScript, and has no shell script, compiler or PostgreSQL of ours in it.
FROM node:24-slim AS base
WORKDIR /app

FROM base AS npm
# npm's own patience is over a minute, which is long for a build that has no network.
ENV npm_config_audit=false npm_config_fund=false npm_config_ignore_scripts=true \
    npm_config_fetch_retry_factor=2 npm_config_fetch_retry_mintimeout=1000
ARG not_installed="error: the packages were not installed, for the reason that npm gives above\n\
  Where that is the network: let the build reach the registry (docker build --network=host or, behind a proxy,\n\
  --build-arg HTTPS_PROXY=...), or do without Docker: scripts/dev"
COPY package.json package-lock.json .npmrc ./
COPY packages/slipway/package.json packages/slipway/

FROM npm AS packages
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional || { printf '%b\n' "$not_installed" >&2; exit 1; }

FROM npm AS build
RUN --mount=type=cache,target=/root/.npm \
    npm ci || { printf '%b\n' "$not_installed" >&2; exit 1; }
COPY tsconfig.json tsconfig.image.json slipway.config.ts README.md LICENSE ./
COPY scripts scripts
COPY packages packages
RUN node scripts/build.ts && find packages/slipway/dist \( -name '*.d.ts' -o -name README.md \) -delete
COPY src src
RUN node_modules/.bin/tsc -p tsconfig.image.json

FROM base AS dev
# psql, and the way to the engine of the host where its socket is mounted, which Debian packages from 13 on.
RUN apt-get update \
    && if apt-cache show docker-cli >/dev/null 2>&1; then docker="docker-cli docker-compose docker-buildx"; fi \
    && apt-get install -y --no-install-recommends \
        ca-certificates git less openssh-client postgresql-client procps $docker \
    && rm -rf /var/lib/apt/lists/*
USER node
# Whose this is decides whose the volume is that is mounted there.
RUN mkdir -p /home/node/slipway/node_modules
WORKDIR /home/node/slipway

FROM base AS runtime
LABEL org.opencontainers.image.title="slipway" \
      org.opencontainers.image.description="A counter on PostgreSQL that never loses or repeats a number" \
      org.opencontainers.image.source="https://github.com/slipway-dev/slipway" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24-slim" \
      dev.slipway.kind="service"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY --from=build /app/packages/slipway/dist packages/slipway
COPY --from=build /app/dist ./
USER 1000:1000
EXPOSE 3000
# Ready rather than alive: nothing restarts a container for this, and who waits for it wants to be served.
HEALTHCHECK --interval=10s --timeout=10s --start-period=20s --start-interval=0.5s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The image's entrypoint becomes node, so that signals reach it.
CMD ["node", "src/main.js"]
