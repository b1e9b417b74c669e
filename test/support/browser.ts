import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A headless browser with one page, spoken to by the protocol of its developer tools on two pipes. */
export class Browser {
  /** Addresses that pages asked for, by request, without those that their own policy refused. */
  readonly requests = new Map<unknown, string>();
  /** Errors that pages printed. */
  readonly errors: string[] = [];
  /** Told of every event of the protocol. */
  onEvent: (method: string, params: Message['params']) => void = () => undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'strop-browser-'));
  private readonly child;
  private readonly answers = new Map<number, (message: Message) => void>();
  private session: string | undefined;
  private target = '';
  private lastId = 0;
  private rest = '';

  private constructor(path: string) {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      // A software renderer, for machines without a graphics card.
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      `--user-data-dir=${this.folder}`,
      '--remote-debugging-pipe',
      'about:blank',
    ];
    this.child = spawn(path, flags, {
      // Settings and caches go where they are removed with the rest.
      env: { ...process.env, HOME: this.folder, TMPDIR: this.folder },
      // A group of its own: its processes are to end with it, and not to write into the folder any more.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const from = this.child.stdio[4] as Readable;
    from.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.rest + text).split('\0');
      this.rest = parts.pop() ?? '';
      for (const part of parts) this.hear(JSON.parse(part) as Message);
    });
  }

  static async start(path: string): Promise<Browser> {
    const browser = new Browser(path);
    await browser.newPage();
    return browser;
  }

  private async newPage(): Promise<void> {
    this.session = undefined;
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    this.target = String(targetId);
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    this.session = String(sessionId);
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await this.ask(`${domain}.enable`);
  }

  /** Opens an address and waits until the expression is true in its page. */
  async open(address: string, isReady: string): Promise<void> {
    await this.ask('Page.navigate', { url: address });
    const begin = performance.now();
    while ((await this.evaluate(isReady)) !== true) {
      if (performance.now() - begin > 60_000)
        throw new Error(
          `waited in vain for ${isReady}\n${this.errors.join('\n')}\n${String(await this.evaluate('document.body?.innerText'))}`,
        );
      await wait(50);
    }
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    return (result as { readonly value?: unknown } | undefined)?.value;
  }

  /** Closes the page as a user closes a tab. */
  async closePage(): Promise<void> {
    const targetId = this.target;
    this.session = undefined;
    await this.ask('Target.closeTarget', { targetId });
    await this.newPage();
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('close', resolve));
    process.kill(-(this.child.pid ?? Number.NaN), 'SIGKILL');
    await gone;
    // They outlive it by a moment all the same.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  /** What the browser answers to a command of the protocol, about the page. */
  ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.lastId += 1);
    const sessionId = this.session === undefined ? {} : { sessionId: this.session };
    const to = this.child.stdio[3] as Writable;
    return new Promise((resolve, reject) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        reject(new Error('the browser ended'));
        return;
      }
      this.answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      to.write(`${JSON.stringify({ id, method, params, ...sessionId })}\0`);
    });
  }

  private hear(message: Message): void {
    if (message.method !== undefined) this.onEvent(message.method, message.params);
    if (message.id !== undefined) {
      this.answers.get(message.id)?.(message);
      this.answers.delete(message.id);
    } else if (message.method === 'Network.requestWillBeSent') {
      const { url } = message.params?.['request'] as { readonly url?: unknown };
      this.requests.set(message.params?.['requestId'], String(url));
    } else if (message.method === 'Network.loadingFailed' && message.params?.['blockedReason'] === 'csp') {
      this.requests.delete(message.params['requestId']);
    } else if (message.method === 'Runtime.exceptionThrown' || message.method === 'Log.entryAdded') {
      this.errors.push(JSON.stringify(message.params));
    }
  }
}
