// dockerode needs gRPC for BuildKit sessions only; Sibling builds through the classic build API.
module.exports = {};
