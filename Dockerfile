# The service as a hardened image (target runtime), and the tools to develop it (target dev). The image has the
# layout of the checkout, with JavaScript instead of TypeScript, and without shell scripts, compilers and PostgreSQL.
FROM node:24-slim AS base
WORKDIR /app

FROM base AS npm
# By default, npm retries for over a minute: too long for a build without a network.
ENV npm_config_audit=false npm_config_fund=false npm_config_ignore_scripts=true \
    npm_config_fetch_retry_factor=2 npm_config_fetch_retry_mintimeout=1000
ARG not_installed="error: the packages were not installed; npm gives the reason above\n\
  If it is the network, let the build reach the registry (docker build --network=host or, behind a proxy,\n\
  --build-arg HTTPS_PROXY=...), or work without Docker: scripts/dev"
COPY package.json package-lock.json .npmrc ./
COPY packages/slipway/package.json packages/slipway/

FROM npm AS packages
# Without the sources, declarations and source maps of the packages, which are about half of them.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional || { printf '%b\n' "$not_installed" >&2; exit 1; }; \
    find node_modules \( -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.map' \) -delete

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
# psql, and the Docker client for a mounted socket of the host's engine. Debian packages the client from version 13 on.
RUN apt-get update \
    && if apt-cache show docker-cli >/dev/null 2>&1; then docker="docker-cli docker-compose docker-buildx"; fi \
    && apt-get install -y --no-install-recommends \
        ca-certificates git less openssh-client postgresql-client procps $docker \
    && rm -rf /var/lib/apt/lists/*
USER node
# A volume that is mounted here takes its owner from this directory.
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
COPY src/counter/page/assets src/counter/page/assets
USER 1000:1000
EXPOSE 3000
# Readiness rather than liveness: nothing restarts a container for this, and what waits for it needs working responses.
HEALTHCHECK --interval=10s --timeout=10s --start-period=20s --start-interval=0.5s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The base image's entrypoint replaces itself with node, so that signals reach it.
CMD ["node", "src/main.js"]
