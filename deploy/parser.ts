/** Turns the verbs into a yargs parser. Parsing runs nothing by itself: the chosen verb is handed to `chosen`. */
import yargs, { type Argv } from "yargs";
import { exitCode, UserError } from "./errors.ts";
import type { Arguments, Verb } from "./commands/verb.ts";

const EPILOGUE = `Exit codes: ${exitCode.ok} done, ${exitCode.failed} failed (halted, rolled back), ${exitCode.usage} usage or configuration, ${exitCode.refused} refused (locked, declined), ${exitCode.bug} a bug.`;

export type Chosen = (verb: Verb, args: Arguments) => void;

export function parser(argv: readonly string[], verbs: readonly Verb[], chosen: Chosen): Argv {
  const top = yargs([...argv]).scriptName("deploy").usage("$0 <command>\n\nReleases of the app on the platform's hosts.")
    .option("json", { type: "boolean", default: false, describe: "For programs: JSON, one value a line" })
    .strict().recommendCommands().demandCommand(1, "which command? deploy --help lists them")
    .help().alias("help", "h").version(false).epilogue(EPILOGUE).wrap(null)
    // Words after `--` are a command for the host: its own options are not ours. `--only helmex v42`: v42 is the release.
    .parserConfiguration({ "populate--": true, "greedy-arrays": false })
    .exitProcess(false).fail((message, error) => { throw error ?? new UserError(message, { hint: "deploy --help", code: exitCode.usage }); });
  // `release build` makes a group of `release`; a verb that is called like a group is what the group does by itself.
  const groups = new Set(verbs.flatMap(({ command }) => /^(\w+) \w/.exec(command)?.[1] ?? []));
  for (const [word, members] of Map.groupBy(verbs, ({ command }) => command.split(" ")[0]!)) {
    if (!groups.has(word)) for (const verb of members) declare(top, verb, verb.command, chosen);
    else {
      const itself = members.find(({ command }) => command === word || command.startsWith(`${word} <`));
      top.command(word, (itself ?? { summary: members.map(({ summary }) => summary).join("; ") }).summary, (inner) => {
        for (const verb of members) declare(inner, verb, verb === itself ? `$0${verb.command.slice(word.length)}` : verb.command.slice(word.length + 1), chosen);
        return itself ? inner : inner.demandCommand(1, `which one? deploy ${word} --help lists them`);
      });
    }
  }
  return top;
}

function declare(target: Argv, verb: Verb, command: string, chosen: Chosen): void {
  target.command(command, verb.summary, (inner) => {
    for (const [name, options] of Object.entries(verb.positionals ?? {})) inner.positional(name, options);
    inner.options(verb.options ?? {});
    for (const [example, what] of verb.examples ?? []) inner.example(example, what);
    return inner;
  }, (args) => chosen(verb, args as unknown as Arguments));
}
