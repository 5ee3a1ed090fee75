// What the page asks of the service. Addresses are relative: the page may lie below a prefix.

/** A request that was refused, or that nobody answered; its message is for people. */
export class Refusal extends Error {
  constructor(detail, requestId) {
    super(detail.charAt(0).toUpperCase() + detail.slice(1));
    this.requestId = requestId;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Refusal('the server does not answer; try again in a moment');
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Refusal(problem.detail ?? `the server answered with status ${response.status}`, problem.request_id);
  }
  return response;
}

const get = async (path) => (await ask(path)).json();

/** Every model and version as a choice: { name, version }, the default first. */
export async function choices() {
  const { models } = await get('v1/models');
  return models.flatMap(({ name, versions }) => versions.toReversed().map((version) => ({ name, version })));
}

export const describe = ({ name, version }) =>
  get(`v1/models/${encodeURIComponent(name)}?version=${encodeURIComponent(version)}`);

/** Where to ask for an explanation. */
export function explainPath({ name, version }, format) {
  return `v1/explain?${new URLSearchParams({ model: name, version, format })}`;
}

/** The answer of the service about a file; its body is still to be read. */
export function explain(choice, file, format, signal) {
  return ask(explainPath(choice, format), {
    method: 'POST',
    body: file,
    // the service looks at the bytes; a browser only guesses from the name
    headers: { 'Content-Type': 'application/octet-stream' },
    signal,
  });
}

/** A photograph that comes with the page, as if it had been chosen. */
export async function sample(path) {
  return new File([await (await ask(path)).blob()], path.split('/').at(-1));
}

/** The command that asks for the same from a shell. */
export function curl(choice, file) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const name = /^[\w.-]+$/.test(file.name) ? file.name : quoted(file.name);
  return `curl --data-binary @${name} ${quoted(new URL(explainPath(choice, 'json'), document.baseURI).href)}`;
}
