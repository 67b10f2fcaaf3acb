export function renderPage(count: bigint): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Counter</title>
</head>
<body>
<h1>Counter: ${count}</h1>
</body>
</html>
`;
}
