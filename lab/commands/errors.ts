/** A fault that the user can mend: printed as it is, without a stack. */
export class LabError extends Error {}
