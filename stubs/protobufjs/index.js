// dockerode needs Protocol Buffers for BuildKit's progress only, and loading them takes longer than
// all the rest of it; Sibling builds through the classic build API.
module.exports = {};
