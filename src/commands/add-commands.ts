import type { Command } from 'commander';
import { version } from '../system/version.ts';

/** Some commands, and the file that adds them. */
interface CommandFile {
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

/** Every command, in the order of the help. */
export const commandFiles: readonly CommandFile[] = [
  { names: ['run'], load: async () => (await import('./run.ts')).addRunCommand },
  { names: ['stage'], load: async () => (await import('./stage.ts')).addStageCommand },
  { names: ['build'], load: async () => (await import('./build.ts')).addBuildCommand },
  { names: ['up', 'down'], load: async () => (await import('./services.ts')).addServiceCommands },
  {
    names: ['status', 'dag'],
    load: async () => (await import('./inspect.ts')).addInspectCommands,
  },
  {
    names: ['report', 'metrics'],
    load: async () => (await import('./report.ts')).addReportCommands,
  },
  {
    names: ['push', 'pull'],
    load: async () => (await import('./transfer.ts')).addTransferCommands,
  },
  { names: ['reproduce'], load: async () => (await import('./reproduce.ts')).addReproduceCommand },
  { names: ['promote'], load: async () => (await import('./promote.ts')).addPromoteCommand },
  { names: ['models'], load: async () => (await import('./models.ts')).addModelsCommand },
  { names: ['clean'], load: async () => (await import('./clean.ts')).addCleanCommand },
  { names: ['logs'], load: async () => (await import('./logs.ts')).addLogsCommand },
  { names: ['git-sync'], load: async () => (await import('./git-sync.ts')).addGitSyncCommand },
  { names: ['export'], load: async () => (await import('./export.ts')).addExportCommand },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { names: ['setup-env'], load: async () => (await import('./setup-env.ts')).addSetupEnvCommand },
];

/**
 * Adds the command that the arguments ask for, and loads what it needs alone: the whole takes five
 * times as long to load. Adds all where that is not one of them: for the help, for a misspelt name.
 */
export async function addCommands(program: Command, args: readonly string[]): Promise<void> {
  const [wanted] = program.parseOptions([...args]).operands;
  const file = commandFiles.find(({ names }) => wanted !== undefined && names.includes(wanted));
  // Beside a command `--version` is the command's own: promote has one.
  if (!file) program.version(version);
  const adders = await Promise.all((file ? [file] : commandFiles).map(({ load }) => load()));
  for (const add of adders) add(program);
}
