// The second room: the pictures of a benchmark.

const answer = await fetch("/v1/pictures/");
document.getElementById("main").replaceChildren(...(await answer.json()).map(id => {
  const link = document.createElement("a");
  link.href = `/picture/${id}`;
  link.textContent = id;
  return link;
}));
