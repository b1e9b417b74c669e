import { z } from 'zod';

const Signature = z.object({
  parameters: z.array(
    z.object({
      name: z.string(),
      kind: z.enum([
        'positional-only',
        'positional or keyword',
        'variadic positional',
        'keyword-only',
        'variadic keyword',
      ]),
      annotation: z.string().nullable(),
      /** Null for a required parameter. */
      default: z.string().nullable(),
    }),
  ),
  returns: z.string().nullable(),
});

/** Parameters and return annotation, as texts that are equal when they mean the same. */
export type Signature = z.infer<typeof Signature>;
export type Parameter = Signature['parameters'][number];

const ApiObject = z.object({
  /** `elsewhere`: an object of another distribution that this project offers again. */
  kind: z.enum(['module', 'class', 'function', 'attribute', 'type alias', 'elsewhere']),
  /** Relative to the project, with `/`. */
  file: z.string().nullable(),
  line: z.number().nullable(),
  labels: z.array(z.string()).default([]),
  decorators: z.array(z.object({ path: z.string(), text: z.string() })).default([]),
  /** Equal for definitions that differ in their own name alone. */
  body: z.string().nullable().default(null),
  /** Of a module: everything in it, public or not. */
  defined: z.array(z.string()).default([]),
  /** Of a class: how it is called, where no `__init__` says it (named tuples, attrs). */
  signature: Signature.optional(),
  overloads: z.array(Signature).default([]),
  /** The definitions of a function that has several, each with the branch it stands in. */
  variants: z.array(z.object({ when: z.string(), signature: Signature })).default([]),
  /** What the stub beside the source says of a function. */
  stub: Signature.nullable().default(null),
  /** Warns in its body that it is deprecated. */
  warns: z.boolean().default(false),
  /** Of what is `elsewhere`: in a part of this project that cannot be read. */
  ours: z.boolean().default(false),
  value: z.string().nullable().default(null),
  shape: z
    .object({
      /** Type of the value, where the source shows it. */
      type: z.string().nullable(),
      /** Written out as a whole. */
      literal: z.boolean(),
      callee: z.string().nullable(),
    })
    .nullable()
    .default(null),
  annotation: z.string().nullable().default(null),
  /** Public members of a class, inherited ones too: name to the path of the object. */
  members: z.record(z.string(), z.string()).default({}),
  bases: z.array(z.string()).default([]),
  /** Bases of bases as far as they belong to the project. */
  ancestors: z.array(z.string()).default([]),
  slots: z.string().nullable().default(null),
  metaclass: z.string().nullable().default(null),
  /** Members of a class that only the stub has. */
  ghosts: z.array(z.string()).default([]),
});

/** One object of the public API, wherever it may be defined. */
export type ApiObject = z.infer<typeof ApiObject>;

const ApiSide = z.object({
  /** Public path to the path of the object behind it. */
  names: z.record(z.string(), z.string()),
  objects: z.record(z.string(), ApiObject),
  /** `__all__` of each module that has one. */
  exports: z.record(z.string(), z.array(z.string())),
  /**
   * Modules that may have names besides: `stars` are the modules of an `import *` that cannot be read, `asked` says that
   * there is a `__getattr__`, and `names` are those that may come from it, since they stand in the source, in `__all__`
   * or in the stub.
   */
  dynamic: z.record(
    z.string(),
    z.object({ stars: z.array(z.string()), asked: z.boolean(), names: z.array(z.string()) }),
  ),
  /** Public paths that only the stub beside a source has. */
  ghosts: z.array(z.string()),
  /** Of each package, the submodules that its source imports by name, and all that come with it. */
  imported: z.record(z.string(), z.object({ named: z.array(z.string()), loaded: z.array(z.string()) })),
  /** Where a public name may come from besides, in another branch. */
  also: z.record(z.string(), z.array(z.string())),
  unread: z.record(z.string(), z.object({ file: z.string().nullable(), why: z.string() })),
});

/** The public API of one side as the shim `python/_strop_tools/api.py` recorded it. */
export type ApiSide = z.infer<typeof ApiSide>;

/** What the shim writes. */
export const ApiRecord = z.object({ a: ApiSide, b: ApiSide });
export type ApiRecord = z.infer<typeof ApiRecord>;
