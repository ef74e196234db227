# One static program on an almost empty file system: no shell, no package manager, no root.
#
#   docker build --build-arg VERSION=v1.2.3 --build-arg REVISION=$(git rev-parse HEAD) -t rapport:v1.2.3 .
#
# Both bases may come from a mirror of yours. The second needs nothing in it: the public
# certificate authorities are brought along, and the time zones are inside the program.
ARG BUILD=docker.io/library/golang:1.26.8-bookworm
ARG BASE=scratch

FROM --platform=${BUILDPLATFORM} ${BUILD} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=development
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags="-s -w -X main.stamp=${VERSION}" -o /out/rapport ./cmd/rapport

FROM ${BASE}
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="rapport" \
      org.opencontainers.image.description="Peer-coaching programmes inside Microsoft 365, without a facilitator" \
      org.opencontainers.image.source="https://github.com/rapport-dev/rapport" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/LICENSE /LICENSE
COPY --from=build /out/rapport /rapport
# By number: a cluster that demands "not root" cannot tell from a name.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/rapport"]
CMD ["run", "--config", "/etc/rapport/config/rapport.yaml"]
