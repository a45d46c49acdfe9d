/** What GitHub answers for a file of a commit (GET /repos/{owner}/{repo}/contents/{path}). */
export function describedFile(content: string | Uint8Array) {
  const bytes = Buffer.from(content);
  return {
    ...{ type: 'file', size: bytes.length, encoding: 'base64' },
    content: bytes.toString('base64').replace(/.{60}/g, '$&\n'),
  };
}
