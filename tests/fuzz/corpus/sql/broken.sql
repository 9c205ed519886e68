SELECT a b c FROM s;
SELECT 'open FROM s WHERE x = 'y';
SELECT ÿ FROM s;
