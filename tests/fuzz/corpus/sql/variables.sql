DEFINE w = 'it''s';
SELECT ${v}, '${w} $${v} ${u}' FROM ${v} -- ${v}
/* ${v} */ WHERE x = ${v};
UNDEFINE w;
