export { createHost } from './create-host.ts';
export type { HostOptions, OpenHost } from './create-host.ts';
export { fakeHost, whenRun } from './fake.ts';
export type { FakeAnswer, FakeHost, FakeOptions, FakeWorkerScript } from './fake.ts';
export type { FakeTree } from './fake-files.ts';
export type {
  ChildResult,
  Clock,
  Command,
  Doubted,
  Entry,
  Files,
  Folders,
  Host,
  Machine,
  ProcessTimes,
  Pages,
  Processes,
  Random,
  Reply,
  ServedSite,
  Site,
  SiteEnd,
  SiteFile,
  Worker,
  WorkerCommand,
} from './host.ts';
