/** The tools that strop can install, by their name on the package index. */
export type ToolName = 'griffe' | 'line_profiler' | 'py-spy' | 'scalene' | 'memray' | 'pyinstrument';

/** One release of a tool, and the versions of Python for which strop takes it. */
export interface Pin {
  readonly version: string;
  /** The first minor version of Python 3 with this pin; it holds up to the next pin. */
  readonly since: number;
}

/** A tool as the catalogue knows it. */
export interface CatalogueEntry {
  readonly name: ToolName;
  /** What strop needs it for, one clause. */
  readonly why: string;
  /** Installed size with everything that comes with it, measured on Linux; for the question before the download. */
  readonly roughBytes: number;
  /** Ascending by `since`. */
  readonly pins: readonly [Pin, ...Pin[]];
  /** Systems on which it exists; everywhere when absent. */
  readonly platforms?: readonly NodeJS.Platform[];
  /**
   * Whether it only reads files, so that any interpreter will do; a profiler has to fit the interpreter that it
   * looks into.
   */
  readonly anyPython: boolean;
}

/** The interpreter for which a tool is installed. An `Interpreter` of `#project` is one. */
export interface ToolPython {
  /** Absolute path. */
  readonly executable: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  /** `sys.implementation.name`; CPython when absent. */
  readonly implementation?: string;
  /** A build without the global lock has compiled modules of its own. */
  readonly freeThreaded?: boolean;
  /** Folders in which its installed packages lie. */
  readonly sitePackages?: readonly string[];
}

/** A tool that lies ready, in strop's overlay or in the environment of its Python. */
export interface InstalledTool {
  readonly name: ToolName;
  readonly version: string;
  /** Absolute; to be appended to the `sys.path` of a process, never before the project's own packages. */
  readonly folder: string;
  /** For which Python it was installed: `3.12`, `3.13t`, `pypy3.10`. */
  readonly python: string;
  /** Its size on disk; 0 in an environment, where it is not counted. */
  readonly bytes: number;
}
