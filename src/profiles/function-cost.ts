/** What one function costs, in the unit of the chosen metric. */
export interface FunctionCost {
  /** Index into the profile's `frames`. */
  readonly frame: number;
  /** Undefined for profiles of samplers, which count no calls. */
  readonly calls: number | undefined;
  /** In the function itself. */
  readonly self: number;
  /** With everything that it called, charged once per outermost recursion. */
  readonly inclusive: number;
  /**
   * What the function pays for: its own self cost and the cost of code that is not the project's, up to the next
   * function of the project. Every bit of cost is paid at most once, so these numbers may be added up. Zero for code
   * that is not the project's.
   */
  readonly own: number;
  /** The functions through which foreign cost came in, dearest first. */
  readonly paidTo: readonly { readonly frame: number; readonly cost: number }[];
}

/** The costs of all functions of a profile. */
export interface Costs {
  /** The whole: what shares are shares of. */
  readonly total: number;
  /** Calls in the whole profile; undefined for samplers. */
  readonly calls: number | undefined;
  /** Cost that no function of the project pays for: imports made by the launcher, threads of libraries … */
  readonly unpaid: number;
  /** In the order of the profile. */
  readonly functions: readonly FunctionCost[];
}
