/** The one bucket that the lab's object store begins with. */
export const bucket = "etage-backups";
