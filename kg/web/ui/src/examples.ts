// A dozen worked queries about the graph at hand: the entities that they name are the most linked ones that are known.

import { declared, written } from "./queries";
import type { Entity, Fact, Iri } from "./values";

export interface Example {
  vi: string;
  en: string;
  query: string;
}

const OBJECT = "kg:objectMention/kg:refersTo";

export function examples(facts: readonly Fact[], entities: ReadonlyMap<Iri, Entity>): Example[] {
  const linked = [...entities.values()].sort((a, b) => b.degree - a.degree || (a.iri < b.iri ? -1 : 1));
  const one = linked[0];
  const said = facts.find((fact) => fact.speaker);
  const name = (iri: Iri | undefined) => (iri ? written(iri) : "id:openai");
  const who = one?.label ?? "OpenAI";
  const found: Example[] = [
    {
      vi: `Mọi sự kiện về ${who}, kèm câu nguyên văn`,
      en: `All facts about ${who}, with their sentences`,
      query: `SELECT ?relation ?object ?modality ?words {
  ?fact rdf:subject ${name(one?.iri)} ; rdf:predicate ?relation ; kg:modality ?modality ;
        ${OBJECT} ?object ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?words .
} ORDER BY ?relation ?object`,
    },
    {
      vi: "Quan hệ nào hay gặp nhất?",
      en: "Which relations are the most frequent?",
      query: `SELECT ?relation (COUNT(?fact) AS ?facts) {
  ?fact rdf:predicate ?relation ; kg:modality ?modality .
} GROUP BY ?relation ORDER BY DESC(?facts) ?relation`,
    },
    {
      vi: "Thực thể nào có nhiều sự kiện nhất?",
      en: "Which entities have the most facts?",
      query: `SELECT ?entity (COUNT(?fact) AS ?facts) {
  { ?fact rdf:subject ?entity } UNION { ?fact ${OBJECT} ?entity }
} GROUP BY ?entity ORDER BY DESC(?facts) ?entity LIMIT 25`,
    },
    {
      vi: "Ai nói gì?",
      en: "Who says what?",
      query: `SELECT ?speaker ?subject ?relation ?object ?words {
  ?fact prov:wasAttributedTo ?speaker ; rdf:subject ?subject ; rdf:predicate ?relation ;
        ${OBJECT} ?object ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?words .
} ORDER BY ?speaker ?subject LIMIT 100`,
    },
    {
      vi: "Điều gì mới chỉ là dự kiến hay có thể?",
      en: "What is only planned or possible?",
      query: `SELECT ?modality ?subject ?relation ?object ?confidence {
  VALUES ?modality { kg:Planned kg:Possible }
  ?fact kg:modality ?modality ; kg:confidence ?confidence ; rdf:subject ?subject ; rdf:predicate ?relation ;
        ${OBJECT} ?object .
} ORDER BY DESC(?confidence) LIMIT 100`,
    },
    {
      vi: "Điều gì bị phủ định?",
      en: "What is denied?",
      query: `SELECT ?subject ?relation ?object ?words {
  ?fact kg:modality kg:Denied ; rdf:subject ?subject ; rdf:predicate ?relation ; ${OBJECT} ?object ;
        prov:wasDerivedFrom/oa:hasSelector/oa:exact ?words .
} ORDER BY ?subject`,
    },
    {
      vi: "Cùng một điều: bài này khẳng định, bài kia phủ định",
      en: "The same thing: asserted here, denied there",
      query: `SELECT ?yes ?no ?subject ?relation ?object {
  ?no kg:modality kg:Denied ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object .
  ?yes kg:modality kg:Asserted ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object .
}`,
    },
    {
      vi: "Ai hợp tác với ai, và hợp tác cả với bên thứ ba nào?",
      en: "Who are partners, and share a third one?",
      query: `SELECT DISTINCT ?a ?b ?shared {
  ?a kg:partnersWith|^kg:partnersWith ?shared . ?b kg:partnersWith|^kg:partnersWith ?shared .
  FILTER(STR(?a) < STR(?b))
} ORDER BY ?shared LIMIT 100`,
    },
    {
      vi: "Cái gì phụ thuộc vào năng lượng, kể cả các dạng hẹp hơn?",
      en: "What depends on energy, or on something narrower?",
      query: `SELECT ?who ?what ?words {
  ?what skos:broader* id:nang-luong .
  ?fact rdf:predicate kg:dependsOn ; rdf:subject ?who ; ${OBJECT} ?what ;
        prov:wasDerivedFrom/oa:hasSelector/oa:exact ?words .
}`,
    },
    {
      vi: "Sự kiện theo năm",
      en: "Facts by year",
      query: `SELECT ?year (COUNT(?fact) AS ?facts) {
  ?fact schema:temporalCoverage ?date BIND(SUBSTR(STR(?date), 1, 4) AS ?year)
} GROUP BY ?year ORDER BY ?year`,
    },
    {
      vi: "Các bài báo và số sự kiện trong mỗi bài",
      en: "Articles and their numbers of facts",
      query: `SELECT ?article ?title (COUNT(DISTINCT ?fact) AS ?facts) {
  ?fact kg:subjectMention/kg:inArticle ?article . OPTIONAL { ?article schema:headline ?title }
} GROUP BY ?article ?title ORDER BY DESC(?facts) ?article`,
    },
    {
      vi: "Những gì chưa chắc (dưới 40%), để đọc lại",
      en: "What is unsure (below 40%), to be read again",
      query: `SELECT ?fact ?confidence ?words {
  ?fact kg:confidence ?confidence ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?words FILTER(?confidence < 0.4)
} ORDER BY ?confidence LIMIT 100`,
    },
    {
      vi: `Đồ thị con quanh ${said ? "người được dẫn lời" : who} (CONSTRUCT)`,
      en: `The graph around ${said ? "somebody who is quoted" : who} (CONSTRUCT)`,
      query: `CONSTRUCT { ?a ?relation ?b } {
  VALUES ?who { ${name(said?.speaker ?? one?.iri)} }
  ?fact rdf:subject|${OBJECT}|prov:wasAttributedTo ?who ;
        rdf:subject ?a ; rdf:predicate ?relation ; ${OBJECT} ?b .
}`,
    },
  ];
  return found.map((example) => ({ ...example, query: declared(example.query) }));
}
