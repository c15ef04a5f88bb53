export default function NotFound() {
  return (
    <main>
      <h1>This page does not exist</h1>
      <p>The address may have a typo, or what it showed has been removed.</p>
      <p>
        <a href="/">Go to the start page</a>
      </p>
    </main>
  );
}
