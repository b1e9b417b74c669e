import type { ServerContext } from '@modelcontextprotocol/server';

/** Tells a client how far its call is, where it asked for that. */
interface Telling {
  tell(text: string): void;
  /** Nothing may be told after the answer. */
  end(): void;
}

/** The shortest time between two messages. */
const TELL_EVERY_MS = 200;
/** A quiet call says that it is still there: clients end calls of which they hear nothing. */
const REPEAT_EVERY_MS = 15_000;
const MOST_CHARACTERS = 300;

/** Sends progress notifications for a call. Their number grows by one each; how many there will be is not known. */
export function createProgress({ mcpReq }: Pick<ServerContext, 'mcpReq'>): Telling {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return { tell: () => undefined, end: () => undefined };
  let count = 0;
  let told = -Infinity;
  let latest = '';
  let late: NodeJS.Timeout | undefined;
  const send = (): void => {
    clearTimeout(late);
    late = undefined;
    told = performance.now();
    count += 1;
    const params = { progressToken, progress: count, message: latest.slice(0, MOST_CHARACTERS) };
    // A client that is gone is noticed elsewhere.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  const repeat = setInterval(send, REPEAT_EVERY_MS);
  repeat.unref();
  return {
    tell(text) {
      if (text === latest) return;
      latest = text;
      const left = TELL_EVERY_MS - (performance.now() - told);
      if (left <= 0) send();
      else late ??= setTimeout(send, left);
    },
    end() {
      clearInterval(repeat);
      clearTimeout(late);
    },
  };
}
