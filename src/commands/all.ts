import type { Command } from 'commander';
import { addBuildCommand } from './build.ts';
import { addCleanCommand } from './clean.ts';
import { addExportCommand } from './export.ts';
import { addGitSyncCommand } from './git-sync.ts';
import { addInspectCommands } from './inspect.ts';
import { addLogsCommand } from './logs.ts';
import { addReportCommands } from './report.ts';
import { addRunCommand } from './run.ts';
import { addServiceCommands } from './services.ts';
import { addSetupEnvCommand } from './setup-env.ts';
import { addStageCommand } from './stage.ts';
import { addTransferCommands } from './transfer.ts';

/** Adds every command, in the order of the help. */
export function addCommands(program: Command): void {
  addRunCommand(program);
  addStageCommand(program);
  addBuildCommand(program);
  addServiceCommands(program);
  addInspectCommands(program);
  addReportCommands(program);
  addTransferCommands(program);
  addCleanCommand(program);
  addLogsCommand(program);
  addGitSyncCommand(program);
  addExportCommand(program);
  addSetupEnvCommand(program);
}
