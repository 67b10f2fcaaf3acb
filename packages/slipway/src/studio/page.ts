/** What runs in the browser: Prisma Studio, with queries sent to the server that the page comes from. */
import { createStudioBFFClient } from '@prisma/studio-core/data/bff';
import { createPostgresAdapter } from '@prisma/studio-core/data/postgres-core';
import { Studio } from '@prisma/studio-core/ui';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

declare const document: { getElementById(id: string): Element };

// Without `lintSql`, Studio checks what is typed with EXPLAIN.
const { execute, executeTransaction } = createStudioBFFClient({ url: '/query' });
const adapter = createPostgresAdapter({ executor: { execute, executeTransaction } });
createRoot(document.getElementById('studio')).render(createElement(Studio, { adapter }));
