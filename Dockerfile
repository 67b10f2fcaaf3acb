# The service as a hardened image (runtime) and the tools to work on it (dev). The image is laid out as the checkout is,
# with JavaScript for TypeScript, and has no shell script, compiler or PostgreSQL of ours in it.
FROM node:24-slim AS base
WORKDIR /app

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.image.json ./
COPY scripts scripts
COPY src src
RUN node_modules/.bin/tsc -p tsconfig.image.json

FROM base AS dev
# With postgresql-client comes psql, with docker-cli the way to the engine of the host where its socket is mounted.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates docker-cli git less openssh-client postgresql-client procps \
    && rm -rf /var/lib/apt/lists/*
USER node

FROM base AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY --from=build /app/dist ./
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --start-interval=0.5s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/service/main.js"]
