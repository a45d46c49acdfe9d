// See ../grpc-js/index.js.
module.exports = { loadSync: () => ({}) };
