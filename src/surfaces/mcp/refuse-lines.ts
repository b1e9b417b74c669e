import { Transform } from 'node:stream';

/** Nobody sends a longer line; the transport ends the connection at it. */
const LONGEST_BYTES = 10 * 1024 * 1024;

const PARSE_ERROR = { code: -32700, message: 'Parse error: a line has to be one JSON-RPC message' };
const INVALID_REQUEST = { code: -32600, message: 'Invalid Request: this is no JSON-RPC 2.0 message' };

/**
 * Passes messages on line by line, and answers each line that is none, which the transport would only drop: a client that waits
 * for an answer to it would wait for ever. `answer` gets a JSON-RPC 2.0 error whose id is null, as section 5 of that specification wants
 * it (https://www.jsonrpc.org/specification#response_object).
 */
export function refuseLines(answer: (line: string) => void): Transform {
  let begun = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      begun = Buffer.concat([begun, chunk]);
      for (let end = begun.indexOf(10); end >= 0; end = begun.indexOf(10)) {
        const line = begun.subarray(0, end + 1);
        begun = begun.subarray(end + 1);
        const text = line.toString('utf8').trim();
        const wrong = text === '' ? undefined : wrongWith(text);
        if (wrong === undefined) this.push(line);
        else answer(`${JSON.stringify({ jsonrpc: '2.0', id: null, error: wrong })}\n`);
      }
      if (begun.length > LONGEST_BYTES) {
        this.push(begun);
        begun = Buffer.alloc(0);
      }
      done();
    },
  });
}

function wrongWith(line: string): typeof PARSE_ERROR | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isMessage = typeof value === 'object' && value !== null && 'jsonrpc' in value;
    if (!isMessage || value.jsonrpc !== '2.0') return INVALID_REQUEST;
    const id = 'id' in value ? value.id : undefined;
    return id === undefined || id === null || typeof id === 'string' || typeof id === 'number'
      ? undefined
      : INVALID_REQUEST;
  } catch {
    return PARSE_ERROR;
  }
}
