import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rust } from '../../../../src/languages/rust.ts';
import { templates } from '../../../../src/templates/index.ts';
import { diagnose, writeTools } from '../../support/doctor.ts';
import { pathOfBasicTools } from '../../support/path.ts';
import { Project } from '../../support/project.ts';

/**
 * Stands in for rustup's cargo and rustc where a part of what rust-toolchain.toml names is missing. An older rustup
 * installs it whatever the variable says, a newer one fails to, or runs what is there.
 */
const rustupProxy = `case $RUSTUP_DIST_SERVER in file:*) ;; *) echo > "$INSTALLED/rust" ;; esac
[ "$RUSTUP_AUTO_INSTALL" = 0 ] && echo "$THERE"`;

describe('make doctor, with rustup', () => {
  let project: Project;
  let scratch: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    project = await Project.create(rust, templates[0]);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
    const PATH = await pathOfBasicTools(scratch);
    await writeTools(PATH, ['cargo', 'rustc'], rustupProxy);
    await writeTools(PATH, ['rustup', 'cc'], 'echo 1.2.3');
    env = { PATH, INSTALLED: await mkdtemp(join(scratch, 'installed-')) };
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  /** Where to get the tools that rustup installs. */
  async function findWays(more: NodeJS.ProcessEnv) {
    const { found } = await diagnose(project, { ...env, ...more });
    const rows = found.filter(({ tool }) => /^(cargo|rustc|wasm32-wasip1|clippy|rustfmt)$/.test(tool));
    return rows.map(({ mark, way }) => `${mark} ${way}`);
  }

  it('lets make install what rust-toolchain.toml names, and installs nothing itself', async () => {
    const automatic = '- rustup installs it when make needs it';
    expect(await findWays({ RUSTUP_AUTO_INSTALL: '' })).toEqual(Array(5).fill(automatic));
    expect(await readdir(env.INSTALLED ?? '')).toEqual([]);
  });

  it('shows what rustup has installed, and what it has not', async () => {
    const { found } = await diagnose(project, { ...env, RUSTUP_AUTO_INSTALL: '', THERE: 'cargo 1.99.0' });
    const versions = found.map(({ tool, version }) => `${tool} ${version}`);
    expect(versions.slice(0, 3)).toEqual(['cargo 1.99.0', 'rustc 1.99.0', 'wasm32-wasip1 none']);
  });

  it('gives the commands where rustup installs nothing by itself', async () => {
    expect(await findWays({ RUSTUP_AUTO_INSTALL: '0' })).toEqual([
      'BAD rustup update stable',
      'BAD rustup update stable',
      'BAD rustup target add wasm32-wasip1',
      '- rustup component add clippy',
      '- rustup component add rustfmt',
    ]);
  });
});
