/** Sends a request through the filter. Returns the headers that the echo got, each byte as a character. */
export async function askEcho(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the answer has the status ${response.status}: ${text}`);
  return (JSON.parse(text) as { headers: Record<string, string> }).headers;
}

/** The `x-hello` that the echo gets, whatever the client sends in that header. */
export async function readHello(url: string): Promise<string> {
  const { 'x-hello': hello = '' } = await askEcho(url, { 'x-hello': 'mine' });
  return Buffer.from(hello, 'latin1').toString();
}
