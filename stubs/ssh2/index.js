// ssh2 brings native addons that a single-file bundle cannot carry; docker-modem needs it for ssh:// only.
class Client {
  constructor() {
    throw new Error('DOCKER_HOST=ssh:// is not supported: use a socket path or tcp:// with TLS');
  }
}
module.exports = { Client };
