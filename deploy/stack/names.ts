/** Which stacks of this project Pulumi's backend has. */
import { z } from "zod";
import { pulumi } from "./pulumi.ts";

const list = z.array(z.object({ name: z.string() }));

/** Without what stands before the last slash (organisation, project). @throws UserError when the backend can't be asked. */
export async function stackNames(directory: string): Promise<Set<string>> {
  return new Set(list.parse(JSON.parse(await pulumi(["stack", "ls", "--json"], "", directory))).map(({ name }) => name.split("/").at(-1)!));
}
