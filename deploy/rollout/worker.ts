/** The app's second process without HTTP: made and removed with its release's container, whose name it shares. */

/** `app-v42-3f9a1c` → `worker-v42-3f9a1c` */
export const workerName = (app: string): string => app.replace(/^app-/, "worker-");
