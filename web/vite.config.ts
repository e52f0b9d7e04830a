import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const assets = process.env['UNSNARL_ASSETS'] ?? '../crates/faces/assets';

/** Writes the digests by which the page's policy lets the script and the style be. */
function digests(): Plugin {
  return {
    name: 'digests',
    writeBundle(options) {
      const folder = options.dir ?? assets;
      const digest = (file: string): string => {
        const text = readFileSync(join(folder, file));
        if (/<\/(script|style)|<!--/i.test(text.toString())) {
          throw new Error(`${file} holds what would end the element it is put in`);
        }
        return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      };
      writeFileSync(
        join(folder, 'page.csp'),
        `script-src ${digest('page.js')}; style-src ${digest('page.css')}\n`,
      );
    },
  };
}

export default defineConfig({
  plugins: [digests()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: assets,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: 'src/main.tsx',
      output: { format: 'iife', entryFileNames: 'page.js', assetFileNames: 'page.[ext]' },
    },
  },
});
