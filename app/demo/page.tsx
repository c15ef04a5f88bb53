import { headers } from 'next/headers';
import { findDemoWidgetKey } from '#/lib/widgets/demo.ts';
import { products, Shape } from './products.tsx';

type Props = { searchParams: Promise<{ widget?: string | string[] }> };

/** A small, believable shop. To it, Parley is one script tag; everything else here is the shop's own. */
export default async function ShopPage({ searchParams }: Props) {
  const { widget } = await searchParams;
  const key = typeof widget === 'string' ? widget : await findDemoWidgetKey();
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <>
      <a className="skip" href="#products">
        Skip to the pots
      </a>
      <header className="bar">
        <a className="name" href="/demo">
          <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <path
              d="M16 29V12m0 6c-6 0-9-3-9-9 6 0 9 3 9 9Zm0-4c5.5 0 8.5-3 8.5-9-6 0-8.5 3.5-8.5 9Z"
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Fernhill
        </a>
        <nav aria-label="Shop">
          <a href="#products">Pots</a>
          <a href="#visit">Visit</a>
          <a href="#delivery">Delivery</a>
        </nav>
      </header>
      <main>
        <section className="hero">
          <div>
            <h1>Pots that let roots breathe.</h1>
            <p>
              Thrown by four people in a shed outside Wicklow, from Irish clay, fired once and left unglazed
              inside. Your plant drinks what it needs; the pot takes the rest.
            </p>
            <p className="actions">
              <a className="button" href="#products">
                See the autumn firing
              </a>
              <button type="button" className="quiet" data-parley-open="">
                Ask us anything
              </button>
            </p>
          </div>
          <Shape product={products[0]} isLarge={true} />
        </section>
        <section id="products" aria-labelledby="products-title">
          <h2 id="products-title">The autumn firing</h2>
          <ul className="grid">
            {products.map((product) => (
              <li key={product.name}>
                <Shape product={product} />
                <h3>{product.name}</h3>
                <p className="detail">{product.detail}</p>
                <p className="price">
                  <span>{product.price}</span>
                  <span className={product.left === 0 ? 'gone' : 'left'}>{stockWords(product.left)}</span>
                </p>
              </li>
            ))}
          </ul>
        </section>
        <section className="facts">
          <div id="delivery">
            <h2>Delivery</h2>
            <p>
              Packed in straw and paper, never in plastic. Ireland in two working days, the rest of Europe in
              five. If it arrives in more pieces than it left in, send us a picture and we send another.
            </p>
          </div>
          <div id="visit">
            <h2>Visit the shed</h2>
            <p>
              Thursday to Saturday, ten to four. The kiln is opened on the first Friday of the month; that is
              when the seconds go out on the table, at half price.
            </p>
          </div>
          <div>
            <h2>A question?</h2>
            <p>
              Inês, Priya and Tomasz read the chat in the corner, usually with clay on their hands. They know
              which pot suits which plant.
            </p>
          </div>
        </section>
      </main>
      <footer>
        <p>Fernhill Pottery, Roundwood, County Wicklow.</p>
        <p>A shop that Parley made up, so that you can try the chat as a customer would.</p>
      </footer>
      {key === null ? null : <script async={true} nonce={nonce} src="/widget.js" data-widget={key} />}
    </>
  );
}

function stockWords(left: number): string {
  if (left === 0) return 'Next firing';
  return left < 4 ? `${left} left` : 'In stock';
}
