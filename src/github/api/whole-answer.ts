type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** What an answer may not have a body for (https://fetch.spec.whatwg.org/#null-body-status). */
const withoutBody = [204, 205, 304];

/**
 * A fetch that gives an answer only when all of it has come, `longest` milliseconds after the request
 * at most. Octokit makes an empty text of a body that ended too early, and a text of JSON that is cut:
 * a file that is empty is another fact than one that did not arrive. A page in HTML that says 200 is a
 * proxy's or a gateway's: GitHub's API has none. Rejects for all of these, as for no answer.
 */
export function wholeAnswers(fetch: Fetch, longest: number): Fetch {
  return async (url, init) => {
    const given = init?.signal;
    const late = AbortSignal.timeout(longest);
    const signal = given ? AbortSignal.any([given, late]) : late;
    const answer = await fetch(url, { ...init, signal }).catch(inWords);
    const body = await answer.arrayBuffer().catch(inWords);
    const { status, statusText, headers } = answer;
    const type = headers.get('content-type') ?? '';
    // What was written may be answered with nothing.
    const mayBeEmpty = init?.method !== undefined && init.method !== 'GET';
    if (answer.ok && !(mayBeEmpty && body.byteLength === 0)) requireAnswer(type, body);
    return new Response(withoutBody.includes(status) ? null : body, {
      status,
      statusText,
      headers,
    });
  };
}

function inWords(error: Error): never {
  throw error.name === 'TimeoutError' ? new Error('no answer in time', { cause: error }) : error;
}

function requireAnswer(type: string, body: ArrayBuffer): void {
  if (/^text\/html\b/i.test(type)) throw new Error('a page in HTML came in place of an answer');
  if (!/^application\/json\b/i.test(type)) return;
  try {
    JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Error('the answer is no JSON, or ends in the middle');
  }
}
